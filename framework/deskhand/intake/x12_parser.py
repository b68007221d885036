"""Claims of an 837P read by x12sdk, in small transaction sets made for it.

Importing this module takes half a second and lets x12sdk load a `.env` file into this process;
`x12_batches` imports it only when there is a claim to read, with that habit switched off.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any, Final

from x12sdk.models import X12Delimiters
from x12sdk.parsing import X12ParseException, X12Parser, create_parser
from x12sdk.v5010.segments import SEGMENT_LOOKUP

from deskhand.intake.x12_loops import ClaimText
from deskhand.intake.x12_refusals import Refusal, refusal_of
from deskhand.intake.x12_segments import Delimiters
from deskhand.intake.x12_sets import transaction_set
from deskhand.intake.x12_values import UnreadableError, values_of
from deskhand.ports.reader import BadRow, Row

# What x12sdk raises on segments that it did not expect; its ValidationError is a ValueError.
_SURPRISES: Final = (
    X12ParseException,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.reason)


def parse_claims(claims: Sequence[ClaimText]) -> list[Row | BadRow]:
    """Read claims of one file, in their order; each that cannot be read is a `BadRow`.

    Claims of one transaction set are read together, which is quicker; when that fails, each
    is read alone, so that only the bad one is refused.
    """
    rows: list[Row | BadRow] = []
    for _, together in groupby(claims, key=_set_of):
        rows.extend(_read(list(together)))
    return rows


def _set_of(claim: ClaimText) -> tuple[int, bool]:
    return id(claim.header), bool(claim.fault)


def _read(claims: Sequence[ClaimText]) -> Iterator[Row | BadRow]:
    try:
        models = _models(claims)
    except _RefusedError as error:
        if len(claims) == 1:
            yield _refused(claims[0], error.refusal)
            return
        for claim in claims:
            yield from _read([claim])
        return
    for claim, model in zip(claims, models, strict=True):
        yield _row(claim, model)


def _models(claims: Sequence[ClaimText]) -> Sequence[Any]:
    _check_places(claims)
    parser = _parser(claims[0])
    model: Any = None
    for elements in transaction_set(claims):
        try:
            model = parser.parse(elements[0], elements)
        except _SURPRISES as error:
            raise _RefusedError(refusal_of(error, segment=elements[0])) from None
    models = list(model.claims())
    # A claim must never be taken for its neighbour, whatever the library makes of a batch.
    numbers = [claim.segments[0].split(claim.delimiters.element)[1:2] for claim in claims]
    if [[each.patient_control_number] for each in models] != numbers:
        raise _RefusedError(Refusal("row", "cannot be told from the claims around it"))
    return models


def _check_places(claims: Sequence[ClaimText]) -> None:
    """Refuse what x12sdk cannot be asked: it would log the name of a segment it does not know."""
    for claim in claims:
        if claim.fault:
            raise _RefusedError(Refusal("HL", claim.fault))
        levels = (claim.provider, claim.subscriber, *([claim.patient] if claim.patient else []))
        for texts in (claim.header, claim.segments, *(level.segments for level in levels)):
            separator = claim.delimiters.element
            if any(text.partition(separator)[0] not in SEGMENT_LOOKUP for text in texts):
                raise _RefusedError(Refusal("row", "has a segment that professional claims lack"))


def _row(claim: ClaimText, model: Any) -> Row | BadRow:
    try:
        values = values_of(model, component=claim.delimiters.component)
    except UnreadableError as error:
        return _refused(claim, error.refusal)
    return Row(number=claim.number, line=claim.line, values=values)


def _refused(claim: ClaimText, refusal: Refusal) -> BadRow:
    field, reason = refusal
    return BadRow(number=claim.number, line=claim.line, field=field, reason=reason)


class _QuickParser(X12Parser):
    """x12sdk's parser, asking its models for the fields of a segment once, not each time.

    Takes over whatever `create_parser` put together; without its two overrides it would read
    the same, at half the speed.
    """

    def __init__(self, made: X12Parser, known: "_Layouts") -> None:
        vars(self).update(vars(made))
        self._known = known

    def _get_segment_field_names(self, segment_name: str) -> list[str]:
        names = self._known.names.get(segment_name)
        if names is None:
            names = super()._get_segment_field_names(segment_name)
            self._known.names[segment_name] = names
        return names

    def _get_multivalue_fields(self, segment_name: str) -> dict[str, str]:
        fields = self._known.multivalued.get(segment_name)
        if fields is None:
            fields = super()._get_multivalue_fields(segment_name)
            self._known.multivalued[segment_name] = fields
        return fields


class _Layouts:
    """What is known of the segments, for one set of delimiters and one version."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}
        self.multivalued: dict[str, dict[str, str]] = {}


def _parser(claim: ClaimText) -> X12Parser:
    cut = claim.delimiters
    delimiters = X12Delimiters(
        element_separator=cut.element,
        repetition_separator=cut.repetition,
        component_separator=cut.component,
        segment_terminator=cut.segment,
    )
    made = create_parser("837", claim.version, delimiters)
    return _QuickParser(made, _layouts(cut, claim.version))


@cache
def _layouts(delimiters: Delimiters, version: str) -> _Layouts:
    del delimiters, version
    return _Layouts()
