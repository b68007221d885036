"""The log in parts is the log: nothing is left out between two of them, nothing comes twice."""

from collections.abc import Iterator

import pytest

from deskhand.domain.entry import RecordType
from deskhand.ports.log_parts import Streams
from deskhand.ports.store import Store, Transaction
from deskhand.stores.store import SqlStore
from deskhand.use_cases.check_log import verify_log
from tests.contracts.stores.raw_access import make_history
from tests.making import ANN, HandClock, migrated, sql_store


@pytest.fixture
def history(database_url: str) -> Iterator[SqlStore]:
    make_history(database_url)
    with migrated(database_url) as database:
        yield sql_store(database)


def parts(tx: Transaction, records: int) -> list[Streams]:
    """Return parts of so many records each, as a verification would take them."""
    found = [Streams()]
    while (to := tx.log_parts.last_of_part(after=found[-1].after, records=records)) is not None:
        found[-1] = Streams(after=found[-1].after, to=to)
        found.append(Streams(after=to))
    return found


@pytest.mark.parametrize("records", [1, 3, 1000])
def test_the_parts_hold_every_record_and_every_claim_once(history: Store, records: int) -> None:
    with history.reading() as tx:
        whole, claims = list(tx.audit_log.by_stream()), list(tx.audit_log.claims())
        cut = parts(tx, records)
        read = [record for part in cut for record in tx.log_parts.by_stream(part)]
        claimed = [claim for part in cut for claim in tx.log_parts.claims(part)]

    assert read == whole
    assert sorted(map(str, claimed)) == sorted(map(str, claims))
    assert (len(cut) == 1) is (records == 1000)


@pytest.mark.parametrize("records", [1, 2, 1000])
def test_what_grew_is_read_in_parts_each_behind_the_record_before_it(
    history: Store, records: int
) -> None:
    with history.reading() as tx:
        head = tx.notices.head()
        by_place = {(record.stream, record.seq): record for record in tx.audit_log.by_stream()}
        position, read = 2, 0
        while position < head:
            to = tx.log_parts.end_of_part(after=position, up_to=head, records=records)
            grown = list(tx.log_parts.grown(after=position, to=to))
            links = tx.log_parts.links(after=position, to=to)
            first = {record.stream: record for record in reversed(grown)}
            for stream, record in first.items():
                before = by_place.get((stream, record.seq - 1))
                link = links.get(stream)
                assert (link is None) is (before is None)
                if link is not None and before is not None:
                    assert link == (before.seq, before.leaf, before.position)
            assert grown == sorted(grown, key=lambda record: (record.stream, record.seq))
            position, read = to, read + len(grown)

    assert read == sum(record.position > 2 for record in by_place.values())


def test_the_newest_records_of_a_type_come_first(history: Store) -> None:
    for _ in range(3):
        verify_log(by=ANN, store=history, clock=HandClock())

    with history.reading() as tx:
        newest = tx.log_parts.newest(RecordType.AUDIT_VERIFIED, limit=2)
        none = tx.log_parts.newest(RecordType.FILE_REFUSED, limit=2)

    assert [(record.stream, record.type) for record in newest] == [("log", "audit.verified")] * 2
    assert newest[0].seq == newest[1].seq + 1
    assert none == []
