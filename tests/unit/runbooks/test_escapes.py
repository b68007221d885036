"""Attempts to reach anything but data from an expression: each is refused before it can run."""

import builtins
from decimal import Decimal

import pytest

from deskhand.domain.step import Scope
from deskhand.runbooks.expressions import check_expression, check_text
from deskhand.runbooks.shapes import DECIMAL, RAW, TEXT, Kind, Shape
from deskhand.runbooks.terms import Names

NAMES = Names(
    shapes={
        "item": Shape(
            kind=Kind.RECORD,
            fields={
                "name": TEXT,
                "total": DECIMAL,
                "lines": Shape(
                    kind=Kind.LIST, element=Shape(kind=Kind.RECORD, fields={"code": TEXT})
                ),
            },
        ),
        "row": RAW,
    }
)
SCOPE: Scope = {
    "item": {"name": "Ann", "total": Decimal(1), "lines": [{"code": "x"}]},
    "row": {"a": "b"},
}

ATTEMPTS = [
    "__import__('os').system('id')",
    "__builtins__",
    "().__class__.__bases__[0].__subclasses__()",
    "item.__class__.__mro__",
    "item.name.__class__",
    "item.name.format(item)",
    "item.lines.__len__",
    "'{0.__class__}'.format(item)",
    "'%s' % item",
    "f'{item}'",
    "(lambda: 1)()",
    "[x for x in item.lines]",
    "{x for x in item.lines}",
    "{'a': 1}",
    "(x := 1)",
    "item if 1 else item",
    "eval('1')",
    "exec('1')",
    "open('/etc/passwd')",
    "getattr(item, 'name')",
    "globals()",
    "vars()",
    "type(item)",
    "print(item)",
    "breakpoint()",
    "f_sum([1])",
    "_raw(item, 'name')",
    "_whole(1)",
    "_RUNTIME",
    "s",
    "s['item']",
    "k0",
    "sum.__globals__",
    "sum(item.lines)",
    "sum(*item.lines)",
    "sum(values=item.lines)",
    "item['name']",
    "item.lines[0]",
    "item.lines[0:1]",
    "item.name[0]",
    "row[row.a]",
    "row[item.name]",
    "row[0]",
    "9 ** 9 ** 9",
    "9 << 99",
    "'a' * 1000000000",
    "[1] * 1000000000",
    "item.total % 2",
    "item.total // 2",
    "~1",
    "+item.total",
    "1 if True else __import__('os')",
    "item.name is item.name",
    "yield item",
    "await item",
    "import os",
    "item.name; item.name",
    "item.name\nimport os",
    "b'abc'",
    "u'abc'",
    "r'abc'",
    "'''abc'''",
    "1j",
    "0x10",
    "1_000",
    "1e1000",
    "...",
    "Ellipsis",
    "NotImplemented",
    "None",
    "__debug__",
    "\uff53\uff55\uff4d([1])",
    "item.n\u0430me",
    "item .name . __class__",
    "matches(item.name, item.name)",
    "matches(item.name, '(?P<x>a)(?P=x)')",
    "matches(item.name, '(?=a)')",
    "text(item)",
    "text(item.lines)",
    "item.name + item.total",
    "a\x00b",
    "\\",
    "'\\'",
]


@pytest.mark.parametrize("attempt", [one for one in ATTEMPTS if one != "'\\'"])
def test_an_escape_is_refused_when_the_runbook_is_loaded(attempt: str) -> None:
    checked = check_expression(attempt, NAMES)

    assert checked.compiled is None
    assert checked.problems


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_escape_is_refused_in_a_text_for_people(attempt: str) -> None:
    checked = check_text(f"a ${{{attempt}}} b", NAMES)

    assert checked.compiled is None or checked.compiled.value(SCOPE) == "a \\ b"


def test_a_name_of_the_data_that_looks_like_pythons_is_only_a_name_of_data() -> None:
    checked = check_expression("row.__class__", NAMES)

    assert checked.compiled is not None
    assert checked.compiled.value({"row": {"__class__": "data"}}) == "data"
    assert checked.compiled.value(SCOPE) is None


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("text", ["\\", "\\\\", "\\n", "');import os;('", "${x}", "\u2028", "{0}"])
def test_a_text_constant_is_only_ever_a_text(text: str, quote: str) -> None:
    literal = text.replace(quote, "")

    checked = check_expression(f"{quote}{literal}{quote} + item.name", NAMES)

    assert checked.compiled is not None
    assert checked.compiled.value(SCOPE) == f"{literal}Ann"


def test_compiled_code_has_no_builtins() -> None:
    compiled = check_expression("item.name == 'Ann'", NAMES).compiled

    assert compiled is not None
    reachable = compiled.run.__globals__
    assert reachable["__builtins__"] == {}
    assert not any(value is builtins for value in reachable.values())
