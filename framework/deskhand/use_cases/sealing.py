"""JSON under the seal: what is sealed, and in whose context."""

import json
import zlib
from typing import Any

from deskhand.domain.identifiers import AnswerId, AttemptId, CaseId, EffectId, ItemId
from deskhand.ports.vault import Seal


def seal_json(value: object, *, seal: Seal, context: str) -> bytes:
    """Seal a value of JSON types."""
    # Escaped to ASCII: half an emoji, as a portal may cut one, has no other encoding.
    plain = json.dumps(value, separators=(",", ":"))
    return seal.close(plain.encode("ascii"), context=context)


def open_json(sealed: bytes, *, seal: Seal, context: str) -> Any:
    """Open what `seal_json` sealed; raises `SealBrokenError`."""
    return json.loads(seal.open(sealed, context=context))


def sealed_facts(value: object, *, seal: Seal, context: str) -> str:
    """Seal a value of JSON types for a record, as hex.

    Packed first: a record has a limit, and what a person may type or correct must fit into one.
    """
    plain = json.dumps(value, separators=(",", ":")).encode("ascii")
    return seal.close(zlib.compress(plain), context=context).hex()


def open_facts(sealed: str, *, seal: Seal, context: str) -> Any:
    """Open what `sealed_facts` sealed, or earlier versions did, unpacked.

    Raises `SealBrokenError`.
    """
    plain = seal.open(bytes.fromhex(sealed), context=context)
    return json.loads(plain if plain.startswith(b"{") else zlib.decompress(plain))


def fields_context(item: ItemId) -> str:
    """Name an item's fields."""
    return f"item:{item}/fields"


def fields_digest_context(runbook: str) -> str:
    """Name the digest that tells a repeat from a conflict."""
    return f"fields:{runbook}"


def outputs_context(item: ItemId) -> str:
    """Name an item's outputs."""
    return f"item:{item}/outputs"


def result_context(attempt: AttemptId, step: str) -> str:
    """Name a step's result."""
    return f"attempt:{attempt}/{step}"


def receipt_context(effect: EffectId) -> str:
    """Name an act's receipt."""
    return f"effect:{effect}/receipt"


def by_hand_context(effect: EffectId) -> str:
    """Name the number that a person gave for an act."""
    return f"effect:{effect}/by_hand"


def detail_context(case: CaseId) -> str:
    """Name a case's detail."""
    return f"case:{case}/detail"


def answer_context(answer: AnswerId) -> str:
    """Name the form that a person filled."""
    return f"answer:{answer}/values"


def question_digest_context(item: ItemId) -> str:
    """Name the digest that binds an answer to what was shown."""
    return f"item:{item}/question"


def draw_context() -> str:
    """Name the digest that decides which items a person checks again."""
    return "quality/draw"


def recheck_context(item: ItemId) -> str:
    """Name what a person saw on the portal when they checked an item again."""
    return f"item:{item}/recheck"


def evidence_context(item: ItemId) -> str:
    """Name an item's evidence."""
    return f"item:{item}/evidence"


def login_context(account: str) -> str:
    """Name an account's saved login."""
    return f"account:{account}/login"
