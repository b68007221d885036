"""YAML text → positioned tree.

Only the parser of ruamel.yaml is used, none of its constructors: `01234`, `on` and `12:30:00` stay
the texts that the author wrote, and what they mean is decided where they are used. Whatever the
text holds, the answer is a tree or diagnostics.
"""

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from deskhand.runbooks.diagnostics import Findings, Span
from deskhand.runbooks.tree import Entry, Items, Mapping, Node, Scalar, Tree
from deskhand.runbooks.yaml_problems import explained

MAX_CHARACTERS = 256 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 40
_MAX_SLOWLY = 64 * 1024
_MAX_BRACKETS = 400

# libyaml ends a plain text at `?` inside braces, as YAML 1.1 did, so that `{a: string?}` would not
# load. Another letter stands in for it while libyaml looks.
_STAND_IN = "\ue03f"
_REFUSED = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")  # fmt: skip  # noqa: E501
_KEY = re.compile(r"\w[\w .-]{0,99}")
_LINE = re.compile(r"\r\n|\r|\n")


def decoded(content: bytes, findings: Findings) -> str | None:
    """Return the text of a file, or None with a finding when it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        findings.add(
            Span(line=line, column=column, end_column=column + 1),
            "this is not UTF-8 text",
            suggestion="save the file in the encoding UTF-8",
        )
        return None


def load(text: str, findings: Findings) -> Tree | None:
    """Read a YAML text; None when it is so wrong that nothing more can be said about it."""
    text = text.removeprefix("\ufeff")
    if not _readable(text, findings):
        return None
    try:
        root = _built(text, findings)
    except _StopError as stop:
        findings.add(stop.span, stop.problem, suggestion=stop.suggestion)
        return None
    except YAMLError as error:
        findings.add(*explained(error), suggestion=_quoting(error))
        return None
    if not isinstance(root, Mapping):
        place = Span(line=1, column=1, end_column=2) if root is None else root.span
        problem = "the file is empty" if root is None else "a runbook is a mapping of keys"
        findings.add(place, problem, suggestion="begin with `deskhand: 1` and `runbook: NAME`")
        return None
    return Tree(root)


class _StopError(Exception):
    """Nothing after this can be read."""

    def __init__(self, span: Span, problem: str, suggestion: str = "") -> None:
        self.span = span
        self.problem = problem
        self.suggestion = suggestion
        super().__init__(problem)


def _readable(text: str, findings: Findings) -> bool:
    if len(text) > MAX_CHARACTERS:
        findings.add(
            Span(line=1, column=1, end_column=2),
            f"the file is larger than {MAX_CHARACTERS // 1024} KiB, the most that a runbook may be",
        )
        return False
    if bad := _REFUSED.search(text):
        before = _LINE.split(text[: bad.start()])
        column = len(before[-1]) + 1
        findings.add(
            Span(line=len(before), column=column, end_column=column + 1),
            f"the character U+{ord(bad[0]):04X} cannot stand in a runbook",
        )
        return False
    return True


def _built(text: str, findings: Findings) -> Node | None:
    masked = text.replace("?", _STAND_IN)
    try:
        # Event by event, so that the limits stop the parser, too.
        return _Builder(text, findings).build(YAML(typ="safe", pure=False).parse(masked))
    except YAMLError:
        # The pure parser knows YAML 1.2 and takes a little that libyaml does not (`[12:30:00]`);
        # where both refuse, its words are the clearer ones. Its time grows with the square of
        # the nesting.
        if len(text) > _MAX_SLOWLY or text.count("[") + text.count("{") > _MAX_BRACKETS:
            raise
        events = _guarded(YAML(typ="safe", pure=True).parse(masked))
        return _Builder(text, findings).build(events)


def _guarded(events: Iterator[Any]) -> Iterator[Any]:
    try:
        yield from events
    except (RecursionError, ValueError, IndexError, AttributeError, AssertionError) as error:
        problem = MarkedYAMLError(problem="this cannot be read as YAML")
        raise problem from error


def _quoting(error: YAMLError) -> str:
    if getattr(error, "problem_mark", None) is None:
        return ""
    return "check the indentation, and put texts that hold : # { } [ ] , & * ! into quotes"


def _odd(key: str) -> str:
    if key == "<<":
        return "mappings are not merged here: write the keys out"
    if "\u00a0" in key:
        return "a space that does not break (U+00A0) stands here: write a plain one"
    return ""


class _Open:
    """A mapping or list that is still being read."""

    def __init__(self, node: Mapping | Items, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: Scalar | None = None


class _Builder:
    def __init__(self, text: str, findings: Findings) -> None:
        self._lines = _LINE.split(text)
        self._findings = findings
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None

    def build(self, events: Iterator[Any]) -> Node | None:
        for event in events:
            getattr(self, f"_{type(event).__name__}", self._nothing)(event)
        if isinstance(self._root, Scalar) and not self._root.text and not self._root.quoted:
            return None
        return self._root

    def _nothing(self, event: object) -> None:
        """Ends of documents and of the stream say nothing new."""

    def _DocumentStartEvent(self, event: Any) -> None:  # noqa: N802 - named after the event
        if self._root is not None:
            raise _StopError(self._span(event), "a second document begins here: one runbook a file")

    def _MappingStartEvent(self, event: Any) -> None:  # noqa: N802
        self._begin(event, Mapping(self._span(event), flow=bool(event.flow_style)))

    def _SequenceStartEvent(self, event: Any) -> None:  # noqa: N802
        self._begin(event, Items(self._span(event)))

    def _MappingEndEvent(self, event: object) -> None:  # noqa: N802, ARG002
        self._end()

    def _SequenceEndEvent(self, event: object) -> None:  # noqa: N802, ARG002
        self._end()

    def _ScalarEvent(self, event: Any) -> None:  # noqa: N802
        self._no_tag(event)
        text = event.value.replace(_STAND_IN, "?")
        quoted = event.style not in (None, "")
        span = self._span(event)
        offset = span.column + (1 if event.style in ("'", '"') else 0)
        line = self._lines[span.line - 1] if span.line <= len(self._lines) else ""
        same = line.startswith(text, offset - 1)
        scalar = Scalar(span, text, quoted=quoted, offset=offset if same else None)
        self._remember(event.anchor, scalar)
        self._place(scalar)

    def _AliasEvent(self, event: Any) -> None:  # noqa: N802
        span = self._span(event)
        if event.anchor not in self._anchors:
            inside = any(opened.anchor == event.anchor for opened in self._open)
            problem = f"`*{event.anchor}` " + (
                "stands inside what it names" if inside else "names an anchor that is not there"
            )
            raise _StopError(span, problem)
        self._place(self._anchors[event.anchor])

    def _begin(self, event: Any, node: Mapping | Items) -> None:
        self._no_tag(event)
        if len(self._open) >= MAX_DEPTH:
            raise _StopError(node.span, f"nested more than {MAX_DEPTH} levels deep")
        if self._open and isinstance(self._open[-1].node, Mapping) and not self._open[-1].key:
            raise _StopError(
                node.span,
                "a key is a word, not a list or mapping",
                "put a text that begins with { or [ into quotes",
            )
        self._open.append(_Open(node, event.anchor))

    def _end(self) -> None:
        opened = self._open.pop()
        self._remember(opened.anchor, opened.node)
        self._place(opened.node)

    def _remember(self, anchor: str | None, node: Node) -> None:
        if anchor:
            self._anchors[anchor] = node

    def _place(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        opened = self._open[-1]
        parent = opened.node
        if isinstance(parent, Items):
            parent.items.append(node)
        elif opened.key is None:
            opened.key = self._key(node)
            return
        else:
            self._enter(parent, opened.key, node)
            opened.key = None
        parent.size += node.size
        if parent.size > MAX_NODES:
            raise _StopError(parent.span, f"more than {MAX_NODES} parts, aliases counted in full")

    def _key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            return node
        raise _StopError(node.span, "a key is a word, not a list or mapping")

    def _enter(self, parent: Mapping, key: Scalar, value: Node) -> None:
        if earlier := parent.entries.get(key.text):
            self._findings.add(
                key.span, f"`{key.text}` is given twice; first on line {earlier.key.line}"
            )
        elif not _KEY.fullmatch(key.text):
            self._odd_key(parent, key)
        else:
            parent.entries[key.text] = Entry(key.span, value)

    def _odd_key(self, parent: Mapping, key: Scalar) -> None:
        """Explain a key that is none; most are the rest of an expression cut by a comma."""
        texts = [entry.value for entry in parent.entries.values()]
        cut = texts and isinstance(texts[-1], Scalar) and not texts[-1].quoted
        if parent.flow and cut and isinstance(texts[-1], Scalar) and "(" in texts[-1].text:
            self._findings.add(
                texts[-1].span,
                "a comma ends the value here, inside {…}",
                suggestion="put the whole expression into double quotes",
            )
            # Its other half is missing: nothing more is to be said about it.
            list(parent.entries.values())[-1].value = Scalar(texts[-1].span, "true")
            return
        self._findings.add(
            key.span,
            "a key is a word of letters, digits, `_`, `-` and `.`",
            suggestion=_odd(key.text),
        )

    def _no_tag(self, event: Any) -> None:
        if event.tag:
            self._findings.add(
                self._span(event),
                "YAML tags have no meaning in a runbook",
                suggestion="write `not …` for a negation; put a text that begins with ! in quotes",
            )

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        line = self._lines[start.line] if start.line < len(self._lines) else ""
        column = int(start.column) + 1
        last = int(end.column) if end.line == start.line else len(line)
        return Span(line=start.line + 1, column=column, end_column=max(last, column) + 1)
