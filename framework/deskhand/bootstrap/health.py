"""Is the host of this project ready? Asked from outside, without putting the project together."""

from datetime import timedelta
from pathlib import Path

from deskhand.errors import SettingsError
from deskhand.settings.project import FILE_NAME, find_project, load_project
from deskhand.triggers.http.address import Address
from deskhand.triggers.http.probe import Health, ask_health

ANSWER_WITHIN = timedelta(seconds=8)
"""A container's keeper and a load balancer wait for about ten seconds."""


def host_address(start: Path) -> Address:
    """Return where the project's host listens; raises `ProjectNotFoundError`, `SettingsError`."""
    # Secrets are not needed for this, and need not be there: systemd hands them to the service
    # itself, not to the commands around it.
    project = load_project(find_project(start), environment={})
    http = project.http
    if http.port == 0:
        raise SettingsError(
            "0 is any free port, so nobody knows where to ask; name a port",
            file=project.folder / FILE_NAME,
            where="http.port",
        )
    return Address(host=http.host, port=http.port, certificate=http.certificate, key=http.key)


def health_at(address: Address) -> Health:
    """Ask the host once; what goes wrong is in the answer."""
    return ask_health(address, timeout=ANSWER_WITHIN)
