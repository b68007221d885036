# ruff: noqa: S608 - names of our own tables only; no value enters these statements
"""No change without a record: triggers that refuse it, in plain SQL.

They need no pragma and no privilege, so they hold for every connection, ours or not. A record
must stand in the log *before* the change that it tells of, in the same transaction.
"""

from collections.abc import Sequence

# What each guarded table's row rests on: its stream, its subject, its state.
_RESTS_ON = {
    "item": ("'item:' || new.id", "'item'", "new.state"),
    "effect": ("'item:' || new.item", "'effect:' || new.id", "new.state"),
    "answer": ("'item:' || new.item", "'answer:' || new.id", "new.state"),
    "exception_case": ("new.stream", "'case:' || new.id", "new.state"),
    "account_health": (
        "'account:' || new.name",
        "'account'",
        "case when new.held then 'held' else 'working' end",
    ),
    "trigger_state": (
        "'trigger:' || new.name",
        "'trigger'",
        "case when new.paused then 'paused' else 'working' end",
    ),
    "trigger_slot": ("'trigger:' || new.trigger", "'slot:' || new.id", "new.state"),
    "dispatch": ("new.stream", "'dispatch:' || new.id", "new.state"),
    "notification": ("'notification:' || new.id", "'notification'", "new.state"),
    "recheck": ("'item:' || new.item", "'recheck'", "new.state"),
    "runbook_hold": (
        "'runbook:' || new.runbook",
        "'version:' || new.hash",
        "case when new.held then 'held' else 'working' end",
    ),
}
# The column that is the state, of what has two states and other columns that move by themselves.
_SWITCH = {"account_health": "held", "trigger_state": "paused"}
_NAMED_BY = {
    "item": "id",
    "effect": "id",
    "answer": "id",
    "exception_case": "id",
    "account_health": "name",
    "trigger_state": "name",
    "trigger_slot": "id",
    "dispatch": "id",
    "notification": "id",
    "recheck": "item",
    "runbook_hold": "hash",
}
# What never changes, besides the name: told of the new row and of the old one.
_UNCHANGING = {
    "effect": ("{}.item",),
    "answer": ("{}.item",),
    "exception_case": ("{}.stream",),
    "trigger_slot": ("{}.trigger", "{}.slot", "{}.client"),
    "dispatch": ("{}.stream", "{}.position", "{}.receiver", "{}.event_id"),
    "notification": ("{}.target", "{}.topic", "{}.opened_at"),
    "recheck": (
        "{}.runbook_hash",
        "{}.client",
        "coalesce({}.ordinal, 0)",
        "{}.why",
        "{}.fields",
    ),
    "runbook_hold": ("{}.runbook", "{}.number"),
}
_VERSIONED = ("item", "exception_case")
# What is tried again and again, and how it begins.
_FIRST_STATE = {"dispatch": "waiting", "notification": "due"}
# What else must differ. A row that is replaced goes away without firing a delete's trigger.
_ALSO_UNIQUE = {
    "item": ("runbook", "client", "reference", "occurrence"),
    "effect": ("item", "step", "iteration", "act_no"),
    "trigger_slot": ("trigger", "slot", "client"),
    "recheck": ("runbook_hash", "client", "ordinal"),
}


def _told(table: str) -> str:
    stream, subject, state = _RESTS_ON[table]
    return (
        f"exists (select 1 from audit_record r where r.stream = {stream}"
        f" and r.seq = new.audit_seq and r.subject = {subject} and r.state = {state})"
    )


def _untold_change(table: str) -> str:
    """Return when an update must be refused."""
    fixed = (f"{{}}.{_NAMED_BY[table]}", *_UNCHANGING.get(table, ()))
    refused = [f"{each.format('new')} <> {each.format('old')}" for each in fixed]
    if table in _VERSIONED:
        refused.append("new.version <> old.version + 1")
    if table == "item":
        newest = "(select max(seq) from audit_record where stream = 'item:' || new.id)"
        refused.append(f"new.audit_seq <> {newest}")
    return " or ".join([*refused, *_untold_move(table)])


def _untold_move(table: str) -> list[str]:
    """Return when the record that a changed row names does not tell of the change."""
    if table in _FIRST_STATE:
        # Its tries move without a record; its state does not.
        return [
            "new.audit_seq < old.audit_seq",
            "(new.state <> old.state and new.audit_seq = old.audit_seq)",
            f"(new.audit_seq <> old.audit_seq and not {_told(table)})",
        ]
    if table in _SWITCH:
        # Its counters move without a record; whether it may work does not.
        switch = _SWITCH[table]
        return [
            "new.audit_seq < old.audit_seq",
            f"((new.{switch} <> old.{switch} or new.audit_seq <> old.audit_seq)"
            f" and not {_told(table)})",
            f"(new.{switch} <> old.{switch} and new.audit_seq = old.audit_seq)",
        ]
    return ["new.audit_seq <= old.audit_seq", f"not {_told(table)}"]


def _untold_start(table: str) -> str:
    """Return when an insert must be refused."""
    exists = _taken(table, (_NAMED_BY[table],))
    if table in _ALSO_UNIQUE:
        exists += f" or {_taken(table, _ALSO_UNIQUE[table])}"
    match table:
        case "item":
            return f"new.version <> 1 or new.audit_seq <> 1 or {exists} or not {_told(table)}"
        case "dispatch" | "notification":
            return f"{exists} or new.audit_seq <> 0 or new.state <> '{_FIRST_STATE[table]}'"
        case "account_health" | "trigger_state":
            switched = f"new.audit_seq <> 0 or new.{_SWITCH[table]}"
            return f"{exists} or ({switched}) and not {_told(table)}"
        case _:
            return f"{exists} or not {_told(table)}"


def _taken(table: str, columns: Sequence[str], *, but: str = "") -> str:
    equal = " and ".join(f"t.{column} = new.{column}" for column in columns)
    return f"exists (select 1 from {table} t where {equal}{but})"


def _replaces_on_insert(table: str) -> str:
    """Return when SQLite's `insert or replace` would drop another row by its row number."""
    return _taken(table, ("rowid",))


def _replaces_on_update(table: str) -> str:
    """Return when SQLite's `update or replace` would drop another row."""
    if table not in _ALSO_UNIQUE:
        return "new.rowid <> old.rowid"
    other = _taken(table, _ALSO_UNIQUE[table], but=" and t.rowid <> old.rowid")
    return f"new.rowid <> old.rowid or {other}"


_OUT_OF_PLACE = (
    "new.seq <> coalesce((select max(seq) from audit_record where stream = new.stream), 0) + 1"
    " or exists (select 1 from audit_record t where t.position = new.position)"
)

# The request came before the moment up to which the log says that ids are forgotten.
_UNFORGOTTEN = (
    "not exists (select 1 from audit_record r where"
    " r.stream = 'hook-ids:' || old.client || '/' || old.hook"
    " and r.type = 'webhook.ids_forgotten' and cast(substr(r.subject, 8) as bigint) > old.seen_at)"
)

_REFUSAL = "a change without its record"
_FIXED = "the audit log only grows"
_REPLACED = "another row would be dropped"


def log_guards(*, sqlite: bool) -> Sequence[str]:
    """Return the statements that let the audit log only grow."""
    guards = [("insert", f"{_FIXED}: out of place", _OUT_OF_PLACE)]
    guards += [(act, _FIXED, "1" if sqlite else "true") for act in ("update", "delete")]
    if sqlite:
        return [_sqlite("audit_record", *guard) for guard in guards]
    statements = [text for guard in guards for text in _postgresql("audit_record", *guard)]
    return [*statements, _against_truncation("audit_record")]


def memory_guards(*, sqlite: bool) -> Sequence[str]:
    """Return the statements that let requests be forgotten only as the log tells, never changed."""
    table = "webhook_seen"
    again = _taken(table, ("client", "hook", "id"))
    if not sqlite:
        return [
            *_postgresql(table, "insert", _REPLACED, again),
            *_postgresql(table, "update", _REFUSAL, "true"),
            *_postgresql(table, "delete", _REFUSAL, _UNFORGOTTEN),
            _against_truncation(table),
        ]
    return [
        _sqlite(table, "insert", _REPLACED, f"{again} or {_replaces_on_insert(table)}"),
        _sqlite(table, "update", _REFUSAL, "1"),
        _sqlite(table, "delete", _REFUSAL, _UNFORGOTTEN),
    ]


def guards(table: str, *, sqlite: bool) -> Sequence[str]:
    """Return the statements that let a table change only as the audit log tells."""
    return _sqlite_guards(table) if sqlite else _postgresql_guards(table)


def _sqlite_guards(table: str) -> Sequence[str]:
    return [
        _sqlite(table, "insert", _REFUSAL, _untold_start(table)),
        _sqlite(table, "update", _REFUSAL, _untold_change(table)),
        _sqlite(table, "insert", _REPLACED, _replaces_on_insert(table), name="replace"),
        _sqlite(table, "update", _REPLACED, _replaces_on_update(table), name="push_out"),
        _sqlite(table, "delete", _REFUSAL, "1"),
    ]


def _postgresql_guards(table: str) -> Sequence[str]:
    return [
        *_postgresql(table, "insert", _REFUSAL, _untold_start(table)),
        *_postgresql(table, "update", _REFUSAL, _untold_change(table)),
        *_postgresql(table, "delete", _REFUSAL, "true"),
        _against_truncation(table),
    ]


def _against_truncation(table: str) -> str:
    return (
        f"create trigger {table}_truncate_guard before truncate on {table} "
        f"for each statement execute function {table}_delete_guard()"
    )


def _sqlite(table: str, act: str, refusal: str, when: str, *, name: str = "") -> str:
    return (
        f"create trigger {table}_{name or act}_guard before {act} on {table} begin "
        f"select raise(abort, '{refusal} ({table})') where {when}; end"
    )


def _postgresql(table: str, act: str, refusal: str, when: str) -> Sequence[str]:
    returned = "old" if act == "delete" else "new"
    return (
        f"create function {table}_{act}_guard() returns trigger language plpgsql as $guard$ "
        f"begin if {when} then raise exception '{refusal} ({table})' "
        f"using errcode = 'integrity_constraint_violation'; end if; "
        f"return {returned}; end $guard$",
        f"create trigger {table}_{act}_guard before {act} on {table} "
        f"for each row execute function {table}_{act}_guard()",
    )
