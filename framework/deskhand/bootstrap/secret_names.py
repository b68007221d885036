"""Secrets in the environment: a variable's name tells less apart than a vault's path does."""

from collections.abc import Iterator

from deskhand.bootstrap.workplace import Workplace
from deskhand.errors import SettingsError
from deskhand.ports.inbox import EVENTS_HOOK
from deskhand.runtime.store_inbox import Listeners
from deskhand.settings.receivers import load_receivers
from deskhand.vaults.environment import variable_name


def ambiguous_secrets(place: Workplace, listeners: Listeners) -> Iterator[SettingsError]:
    """Yield an error for each two secrets that one variable would hold.

    Else one client's secret would open another client's hook, or its login be typed in for both.
    """
    if place.project.vault != "environment":
        return
    known: dict[str, str] = {}
    for path in _paths(place, listeners):
        variable = variable_name(path)
        other = known.setdefault(variable, path)
        if other != path:
            yield SettingsError(
                f"{variable} would hold two secrets, {other} and {path}; give one of them another "
                "name, or keep secrets in the vault's file",
                file=place.project.accounts,
            )


def _paths(place: Workplace, listeners: Listeners) -> Iterator[str]:
    """Yield the paths under which this project's secrets are looked for; raises `SettingsError`."""
    accounts = place.accounts.values()
    for account in accounts:
        yield f"{account.login}/password"
    hooks = [*listeners.webhooks, *([EVENTS_HOOK] if listeners.events else [])]
    for client in sorted({account.client for account in accounts}):
        for hook in hooks:
            yield f"hooks/{client}/{hook}/secret"
    for receiver in load_receivers(place.project.receivers).values():
        yield receiver.secret
