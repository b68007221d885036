"""The form of triggers: what starts items, and how a row becomes an item's fields."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from deskhand.runbooks.mappings import Mapped, Model, one_key
from deskhand.runbooks.model_values import DottedName, Duration, Name

TRIGGERS = ("file", "manual", "cron", "webhook", "event")


class FileModel(Model):
    """`file`: a pattern of paths."""

    file: str
    name: Name = ""
    map: dict[str, Mapped] = {}
    sheet: str | None = None


class ManualModel(Model):
    """`manual`: items given by hand."""

    bare = frozenset({"manual"})

    manual: None = None
    map: dict[str, Mapped] = {}


class CronModel(Model):
    """`cron`: slots of a time table, and the action that lists what is to be done."""

    cron: str
    timezone: str
    source: str
    name: Name = ""
    with_: dict[str, str] = Field(alias="with", default={})
    map: dict[str, Mapped] = {}
    calendar: str | None = None
    grace: Duration = timedelta(minutes=10)
    catch_up: Literal["latest", "all", "none"] = "latest"


class WebhookModel(Model):
    """`webhook`: signed requests."""

    webhook: Name
    map: dict[str, Mapped] = {}


class EventModel(Model):
    """`event`: another runbook's event, or one from outside."""

    event: DottedName
    map: dict[str, Mapped] = {}


def _trigger_form(value: object) -> str | None:
    return one_key(value, TRIGGERS)


Trigger = Annotated[
    Annotated[FileModel, Tag("<file>")]
    | Annotated[ManualModel, Tag("<manual>")]
    | Annotated[CronModel, Tag("<cron>")]
    | Annotated[WebhookModel, Tag("<webhook>")]
    | Annotated[EventModel, Tag("<event>")],
    Discriminator(
        _trigger_form, custom_error_type="runbook_trigger", custom_error_message="trigger"
    ),
]
