"""What all mappings of a runbook share, and how alternatives are told apart by their keys."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError


class Model(BaseModel):
    """A mapping whose keys are all known; `bare` are those that stand without a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)
    bare: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _given(cls, value: object, info: ValidationInfo) -> object:
        # An empty `when:` must not let the step be done always, nor an empty `verify:` never.
        if value is None and info.field_name not in cls.bare:
            raise PydanticCustomError("runbook_empty", "empty")
        return value


def one_key(value: object, keys: tuple[str, ...]) -> str | None:
    """Return the tag of the one key of these that a mapping has; None for several or none."""
    found = [key for key in keys if isinstance(value, dict) and key in value]
    return f"<{found[0]}>" if len(found) == 1 else None


def _mapped_form(value: object) -> str | None:
    if isinstance(value, str):
        return "<expression>"
    return "<parts>" if isinstance(value, dict) else None


Mapped = Annotated[
    Annotated[str, Tag("<expression>")] | Annotated[dict[str, str], Tag("<parts>")],
    Discriminator(_mapped_form, custom_error_type="runbook_map", custom_error_message="map"),
]
