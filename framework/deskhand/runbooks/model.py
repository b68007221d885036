"""The form of a runbook, version 1: which keys there are, and what kind of thing each holds.

Every value is a text as the file has it; what texts mean (types, expressions, names of actions) is
checked afterwards. Alternatives are told apart by their keys; their tags are written `<so>`,
because pydantic puts them into the places of errors, and no key of a file looks like that.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, RootModel, Tag

from deskhand.runbooks.mappings import Model, one_key
from deskhand.runbooks.model_values import (
    Count,
    DottedName,
    Duration,
    Name,
    QueueName,
    Tries,
    Version,
)
from deskhand.runbooks.trigger_models import (
    CronModel,
    EventModel,
    FileModel,
    ManualModel,
    Trigger,
    WebhookModel,
)

VERBS = ("use", "once", "let", "approve", "ask", "finish")
LATER_VERBS = ("for_each", "wait", "gather", "call")
LATER_KEYS = frozenset({*LATER_VERBS, "include"})


class TypeModel(Model):
    """`{type: money, min: "0.01"}`: a type with its options."""

    type: str
    options: list[str] | None = None
    pattern: str | None = None
    min: str | None = None
    max: str | None = None
    min_length: str | None = None
    max_length: str | None = None
    sensitivity: str | None = None
    default: str | None = None


class ListModel(Model):
    """`{list: icd10, min: 1, max: 12}`: a list with its least and greatest length."""

    list_: "Declaration" = Field(alias="list")
    min: Count = 0
    max: Count = 1000


class RecordModel(RootModel["dict[str, Declaration]"]):
    """`{agi: money, family_size: int}`: a record."""


def _declaration_form(value: object) -> str | None:
    if isinstance(value, str):
        return "<name>"
    if not isinstance(value, dict):
        return None
    if "list" in value:
        return "<list>"
    return "<type>" if "type" in value else "<record>"


Declaration = Annotated[
    Annotated[str, Tag("<name>")]
    | Annotated[TypeModel, Tag("<type>")]
    | Annotated[ListModel, Tag("<list>")]
    | Annotated[RecordModel, Tag("<record>")],
    Discriminator(_declaration_form, custom_error_type="runbook_type", custom_error_message="type"),
]


class CheckModel(Model):
    """`{that: …, else: CODE, say: …}`."""

    that: str
    else_: str = Field(alias="else", pattern="^[A-Z][A-Z0-9_]{0,62}$")
    say: str | None = None


class ItemModel(Model):
    """What one item consists of."""

    reference: list[str] = Field(min_length=1)
    fields: dict[str, Declaration] = Field(min_length=1)
    checks: list[CheckModel] = []
    due: str | None = None
    deadline: str | None = None
    amount: str | None = None


class RetryModel(Model):
    """`{tries: 3, first: 2s, max: 60s}`."""

    tries: Tries | None = None
    first: Duration | None = None
    max: Duration | None = None


class TimeoutsModel(Model):
    """`{step: 60s, item: 15m}`."""

    step: Duration = timedelta(seconds=60)
    item: Duration = timedelta(minutes=15)


Evidence = Literal["screenshot", "snapshot", "receipt"]


class StepModel(Model):
    """What every step may have."""

    name: Name | None = None
    when: str | None = None


class ActingModel(StepModel):
    """What every step that uses an action may have."""

    with_: dict[str, str] = Field(alias="with", default={})
    expect: list[CheckModel] = []
    timeout: Duration | None = None
    evidence: list[Evidence] | None = None


class UseModel(ActingModel):
    """`use`: a read or fill action."""

    use: str
    retry: RetryModel | None = None


class OnceModel(ActingModel):
    """`once`: a write action."""

    once: str
    verify: str | None = None


class LetModel(StepModel):
    """`let`: names for values."""

    let: dict[Name, str] = Field(min_length=1)


class AskingModel(StepModel):
    """What every step that asks a person may have."""

    title: str | None = None
    show: list[str] = []
    not_: list[Name] = Field(alias="not", default=[])
    expires: Duration | None = None


class ApproveModel(AskingModel):
    """`approve`: a person lets the item go on, or refuses it."""

    approve: QueueName


class AskModel(AskingModel):
    """`ask`: a person fills a form."""

    ask: QueueName
    form: dict[Name, Declaration] = Field(min_length=1)


class FinishModel(StepModel):
    """`finish`: the item ends here."""

    finish: Literal["done", "duplicate"]


def _step_form(value: object) -> str | None:
    return one_key(value, VERBS)


AnyStep = Annotated[
    Annotated[UseModel, Tag("<use>")]
    | Annotated[OnceModel, Tag("<once>")]
    | Annotated[LetModel, Tag("<let>")]
    | Annotated[ApproveModel, Tag("<approve>")]
    | Annotated[AskModel, Tag("<ask>")]
    | Annotated[FinishModel, Tag("<finish>")],
    Discriminator(_step_form, custom_error_type="runbook_step", custom_error_message="step"),
]


class RunbookModel(Model):
    """One runbook."""

    deskhand: Version
    runbook: DottedName
    title: str = ""
    why: str = ""
    serves: str = ""
    portal: Name | None = None
    bots: list[Name] = []
    params: dict[Name, Declaration] = {}
    item: ItemModel
    triggers: list[Trigger] = []
    steps: list[AnyStep] = Field(min_length=1)
    cases: dict[QueueName, list[Literal["business", "system", "uncertain"]]] = {}
    outputs: dict[Name, str] = {}
    emit: DottedName | None = None
    retry: RetryModel = RetryModel()
    item_retry: RetryModel = RetryModel()
    timeouts: TimeoutsModel = TimeoutsModel()


OWNERS: dict[str, type[BaseModel]] = {
    "item": ItemModel,
    "checks": CheckModel,
    "expect": CheckModel,
    "retry": RetryModel,
    "item_retry": RetryModel,
    "timeouts": TimeoutsModel,
    "<type>": TypeModel,
    "<list>": ListModel,
    "<file>": FileModel,
    "<manual>": ManualModel,
    "<cron>": CronModel,
    "<webhook>": WebhookModel,
    "<event>": EventModel,
    "<use>": UseModel,
    "<once>": OnceModel,
    "<let>": LetModel,
    "<approve>": ApproveModel,
    "<ask>": AskModel,
    "<finish>": FinishModel,
}
"""By the key or tag that leads to it: the model of a mapping."""


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys that a mapping may have, as a file spells them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def validated(plain: dict[str, Any]) -> RunbookModel:
    """Return the model of a runbook; raises pydantic's `ValidationError`."""
    return RunbookModel.model_validate(plain)
