"""deskhand: runbooks that bots perform, with every record checked.

The front door for bot authors: each name is loaded when it is first used, so that
`import deskhand` by itself loads no library.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskhand.browsers.actions import action
    from deskhand.browsers.bot import Bot, PortalBot
    from deskhand.browsers.fields import FieldValue
    from deskhand.browsers.interruptions import Dialog, Interstitial, Sign
    from deskhand.browsers.portal_page import PortalPage
    from deskhand.domain.cause import Cause, CauseKind, SystemCode
    from deskhand.domain.login import Login
    from deskhand.domain.result import ItemFields, NotThere, Refused, Result, Unsure
    from deskhand.domain.sealed import Sealed
    from deskhand.errors import BusinessException, StopException

__version__ = "0.1.0"

__all__ = [
    "Bot",
    "BusinessException",
    "Cause",
    "CauseKind",
    "Dialog",
    "FieldValue",
    "Interstitial",
    "ItemFields",
    "Login",
    "NotThere",
    "PortalBot",
    "PortalPage",
    "Refused",
    "Result",
    "Sealed",
    "Sign",
    "StopException",
    "SystemCode",
    "Unsure",
    "__version__",
    "action",
]

_HOMES = {
    "Bot": "deskhand.browsers.bot",
    "BusinessException": "deskhand.errors",
    "Cause": "deskhand.domain.cause",
    "CauseKind": "deskhand.domain.cause",
    "Dialog": "deskhand.browsers.interruptions",
    "FieldValue": "deskhand.browsers.fields",
    "Interstitial": "deskhand.browsers.interruptions",
    "ItemFields": "deskhand.domain.result",
    "Login": "deskhand.domain.login",
    "NotThere": "deskhand.domain.result",
    "PortalBot": "deskhand.browsers.bot",
    "PortalPage": "deskhand.browsers.portal_page",
    "Refused": "deskhand.domain.result",
    "Result": "deskhand.domain.result",
    "Sealed": "deskhand.domain.sealed",
    "Sign": "deskhand.browsers.interruptions",
    "StopException": "deskhand.errors",
    "SystemCode": "deskhand.domain.cause",
    "Unsure": "deskhand.domain.result",
    "action": "deskhand.browsers.actions",
}


def __getattr__(name: str) -> object:
    """Load a name of the front door when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Name what the front door offers."""
    return sorted(__all__)
