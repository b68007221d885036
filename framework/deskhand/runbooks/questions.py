"""`ask` and `approve` steps: what a person is shown, what they may answer, and who may not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from deskhand.domain.fields import Field, ValueType
from deskhand.domain.step import Expression, QuestionStep, Shown
from deskhand.runbooks.catalogue import TypeCatalogue
from deskhand.runbooks.declarations import Declarations, Declared
from deskhand.runbooks.diagnostics import choices, did_you_mean
from deskhand.runbooks.expressions import Checked, Compiled, check_text
from deskhand.runbooks.model import ApproveModel, AskingModel, AskModel, TypeModel
from deskhand.runbooks.shapes import TEXT, Kind, Shape, fits, strongest
from deskhand.runbooks.source import Source
from deskhand.runbooks.terms import Names
from deskhand.runbooks.tree import Path
from deskhand.runbooks.types import ListOf, RecordOf, Scalar, shapes_of

ANSWERED_BY: Final = "by"
"""The part of every answer that says who gave it."""

_NEVER_SHOWN: Final = frozenset({Kind.DAYS, Kind.HOURS})
_TITLES: Final = {True: "May this go on?", False: "What shall be done?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A compiled question, and the static type of its answer."""

    step: QuestionStep
    shape: Shape


class QuestionCompiler:
    """Compiles the questions of one runbook, in the order of its steps."""

    def __init__(self, source: Source, types: TypeCatalogue) -> None:
        self._source = source
        self._declarations = Declarations(source, types)
        self._earlier: list[str] = []

    def question(
        self, path: Path, name: str, step: AskingModel, names: Names, when: Checked | None
    ) -> Asked:
        """Compile one; `names` are those that it may use."""
        show = self._shown(path, step, names)
        form: dict[str, Field] = {}
        prefilled: dict[str, Expression] = {}
        if isinstance(step, AskModel):
            defaults = self._prefilled(path, step, names)
            prefilled = {**defaults}
            form = self._form(path, step, show, defaults)
        question = QuestionStep(
            name=name,
            line=self._source.line(path),
            queue=_queue(step),
            title=self._title(path, step, names),
            show=tuple(
                Shown(name=c.source, value=c, sealed_parts=c.shape.sealed_parts()) for c in show
            ),
            form=form,
            prefilled=prefilled,
            but_not=self._but_not(path, step),
            expires=step.expires,
            when=when.compiled if when else None,
        )
        self._earlier.append(name)
        fields = {ANSWERED_BY: TEXT, **shapes_of(form)}
        return Asked(step=question, shape=Shape(kind=Kind.RECORD, fields=fields))

    def _title(self, path: Path, step: AskingModel, names: Names) -> Expression:
        default = _TITLES[isinstance(step, ApproveModel)]
        checked = check_text(default, names)
        if step.title is not None:
            checked = self._source.text((*path, "title"), step.title, names)
        return checked.compiled or _nothing()

    def _shown(self, path: Path, step: AskingModel, names: Names) -> list[Compiled]:
        """Compile what is shown: by default the item, and every answer so far."""
        if not step.show:
            default = ["item", *(name for name in self._earlier if name in names.shapes)]
            return [*_each(self._source.expression(path, text, names) for text in default)]
        shown: list[Compiled] = []
        for number, text in enumerate(step.show):
            place = (*path, "show", number)
            for compiled in _each([self._source.expression(place, text, names)]):
                if compiled.shape.kind in _NEVER_SHOWN:
                    self._source.at_value(place, f"{compiled.shape.words} cannot be shown")
                shown.append(compiled)
        return shown

    def _prefilled(self, path: Path, step: AskModel, names: Names) -> dict[str, Compiled]:
        found: dict[str, Compiled] = {}
        for field, declared in step.form.items():
            if isinstance(declared, TypeModel) and declared.default is not None:
                place = (*path, "form", field, "default")
                compiled = self._source.expression(place, declared.default, names).compiled
                if compiled is not None:
                    found[field] = compiled
        return found

    def _form(
        self,
        path: Path,
        step: AskModel,
        show: Iterable[Compiled],
        prefilled: Mapping[str, Compiled],
    ) -> dict[str, Field]:
        """Compile the form. What is typed beside sensitive facts is taken to be as sensitive."""
        seen = strongest(*(compiled.shape.sensitive for compiled in show))
        form: dict[str, Field] = {}
        for name, declared in step.form.items():
            place = (*path, "form", name)
            if name == ANSWERED_BY:
                self._source.at_key(
                    place, f"`{name}` says who answered; choose another name for this field"
                )
            field = self._declarations.field(place, _without_default(declared))
            default = prefilled.get(name)
            if default is not None:
                self._fit(place, field, default)
                seen_here = strongest(seen, default.shape.sensitive)
            else:
                seen_here = seen
            form[name] = replace(field, type=_as_sensitive(field.type, seen_here))
        return form

    def _fit(self, place: Path, field: Field, default: Compiled) -> None:
        wanted = shapes_of({field.name: field})[field.name]
        words = default.shape.options
        if not fits(default.shape, wanted):
            self._source.at_value(
                (*place, "default"),
                f"this is {default.shape.words}; the field is {wanted.words}",
            )
        elif words and wanted.options and not words <= wanted.options:
            wrong = ", ".join(sorted(words - wanted.options))
            advice = f"its options are: {', '.join(sorted(wanted.options))}"
            self._source.at_value(
                (*place, "default"), f"`{wrong}` is no option of the field", advice
            )

    def _but_not(self, path: Path, step: AskingModel) -> tuple[str, ...]:
        for number, name in enumerate(step.not_):
            if name not in self._earlier:
                earlier = choices(self._earlier, most=20) or "there is none before this step"
                self._source.at_value(
                    (*path, "not", number),
                    f"`{name}` is no earlier `ask` or `approve`",
                    did_you_mean(name, self._earlier) or earlier,
                )
        return tuple(step.not_)


def _fact(compiled: Compiled) -> Shown:
    return Shown(name=compiled.source, value=compiled, sealed_parts=compiled.shape.sealed_parts())


def _queue(step: AskingModel) -> str:
    if isinstance(step, ApproveModel):
        return step.approve
    return step.ask if isinstance(step, AskModel) else ""


def _each(checked: Iterable[Checked]) -> Iterator[Compiled]:
    return (one.compiled for one in checked if one.compiled is not None)


def _without_default(declared: Declared) -> Declared:
    """The default of a form's field is an expression, and not the type's business."""
    if isinstance(declared, TypeModel):
        return declared.model_copy(update={"default": None})
    return declared


def _as_sensitive(value_type: ValueType, sensitivity: str | None) -> ValueType:
    """Return the type, at least that sensitive; a choice of fixed words tells nothing."""
    if sensitivity is None:
        return value_type
    if isinstance(value_type, ListOf):
        return replace(value_type, element=_as_sensitive(value_type.element, sensitivity))
    if isinstance(value_type, RecordOf):
        parts = {
            name: replace(part, type=_as_sensitive(part.type, sensitivity))
            for name, part in value_type.fields.items()
        }
        return RecordOf(fields=parts)
    if not isinstance(value_type, Scalar) or value_type.options or value_type.kind is Kind.BOOL:
        return value_type
    return replace(value_type, sensitivity=strongest(value_type.sensitivity, sensitivity))


def _nothing() -> Compiled:
    """Return what stands for a faulty text: it is never performed."""
    return Compiled(source="", shape=TEXT, run=lambda _: "")
