"""What the framework itself sees, inside an action, that must end it."""

from deskhand.domain.cause import Cause, CauseKind, SystemCode


class PortalTroubleError(Exception):
    """An action cannot go on, and the framework knows the cause. Never leaves this layer.

    A cause that is not `certain` is probed first: the page itself may tell a better one.
    """

    def __init__(self, cause: Cause, *, certain: bool = True) -> None:
        self.cause = cause
        self.certain = certain
        super().__init__(f"{cause.code}: {cause.message}")


def system_cause(
    code: str, message: str = "", *, hint: str = "", retry_after: float | None = None
) -> Cause:
    """Return a cause of kind system."""
    return Cause(
        kind=CauseKind.SYSTEM, code=code, message=message, hint=hint, retry_after=retry_after
    )


def lost_page() -> PortalTroubleError:
    """Return the trouble of an action whose page went with an earlier page or browser."""
    message = "the page of the steps before is gone"
    return PortalTroubleError(system_cause(SystemCode.BROWSER_LOST, message))


def session_lost(message: str = "the portal shows its login page") -> PortalTroubleError:
    """Return the trouble of a session that the portal no longer honours."""
    return PortalTroubleError(system_cause(SystemCode.SESSION_LOST, message))
