"""A suggestion for a locator that finds nothing any more: what the page has in its place."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from playwright.async_api import Error, Page

_ALIKE = 0.55
_SHOWN = 4
_ROLE = re.compile(r"""get_by_role\("(\w+)"(?:[^()"]*name="((?:[^"\\]|\\.)*)")?""")
_LABELLED = re.compile(
    r"""get_by_(label|placeholder|text|title|alt_text)\("((?:[^"\\]|\\.)*)\"""", re.VERBOSE
)
_NODE = re.compile(r"""^\s*- (\w+) "((?:[^"\\]|\\.)*)\"""", re.MULTILINE)
_FIELD = "get_by_label("
_NO_FIELDS = frozenset({"button", "menuitem", "tab"})
# Only what a portal's makers have named; a link, a cell or a text may name a patient.
_CONTROLS = frozenset(
    {
        "button",
        "checkbox",
        "combobox",
        "listbox",
        "menuitem",
        "radio",
        "searchbox",
        "spinbutton",
        "switch",
        "tab",
        "textbox",
    }
)


async def suggestion(page: Page, locator: str) -> str:
    """Return what to write instead of a locator, or which controls the page has; "" if unknown."""
    try:
        snapshot = await page.locator("body").aria_snapshot(timeout=2000)
    except Error:
        return ""
    return suggested(snapshot, locator)


def suggested(snapshot: str, locator: str) -> str:
    """Return the suggestion from an ARIA snapshot.

    >>> suggested('- button "Send claim"', 'get_by_role("button", name="Submit claim")')
    'perhaps now get_by_role("button", name="Send claim")'
    """
    role, name = _wanted(locator)
    controls = list(dict.fromkeys(_controls(snapshot)))
    if _FIELD in locator:
        controls = [node for node in controls if node[0] not in _NO_FIELDS]
    alike = sorted(
        (node for node in controls if _likeness(node, role=role, name=name) >= _ALIKE),
        key=lambda node: -_likeness(node, role=role, name=name),
    )
    if alike:
        return "perhaps now " + " or ".join(_written(node) for node in alike[:2])
    same_role = [node for node in controls if not role or node[0] == role][:_SHOWN]
    if same_role:
        return "the page has " + ", ".join(_written(node) for node in same_role)
    return ""


def _wanted(locator: str) -> tuple[str, str]:
    # The last part of a chain is what was not found.
    if roles := _ROLE.findall(locator):
        role, name = roles[-1]
        return role, name
    if labels := _LABELLED.findall(locator):
        return "", labels[-1][1]
    return "", ""


def _controls(snapshot: str) -> Iterator[tuple[str, str]]:
    for role, name in _NODE.findall(snapshot):
        if role in _CONTROLS:
            yield role, name


def _likeness(node: tuple[str, str], *, role: str, name: str) -> float:
    alike = SequenceMatcher(None, node[1].casefold(), name.casefold()).ratio()
    return alike if not role or node[0] == role else alike * 0.8


def _written(node: tuple[str, str]) -> str:
    return f'get_by_role("{node[0]}", name="{node[1]}")'
