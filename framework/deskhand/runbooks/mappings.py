"""What all mappings of a runbook share, and how alternatives are told apart by their keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Tag


class Model(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)


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
