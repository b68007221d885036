"""Who is told of what: notify.yaml beside the calendars that it names, and nothing that sends."""

from collections.abc import Iterator

from deskhand.bootstrap.workplace import Workplace
from deskhand.errors import SettingsError
from deskhand.settings.notify import NotifySettings, load_notify, strangers

OPS = "ops"


def notify_settings(place: Workplace) -> NotifySettings | None:
    """Read who is told of what, None where nobody is; raises `SettingsError`."""
    return load_notify(place.project.notify, calendars=place.book.calendars)


def notify_mistakes(place: Workplace) -> Iterator[SettingsError]:
    """Yield what notify.yaml names and no other file knows."""
    settings = notify_settings(place)
    if settings is not None:
        described = place.book.queues.keys()
        yield from strangers(
            settings,
            file=place.project.notify,
            # What is undeliverable waits here, described or not.
            queues={*described, OPS} if described else (),
            clients={account.client for account in place.accounts.values()},
        )


def needed_settings(place: Workplace) -> NotifySettings:
    """Read who is told of what; raises `SettingsError` where nobody is."""
    settings = notify_settings(place)
    if settings is None:
        raise SettingsError(
            "there is no such file, and so nobody is told of anything", file=place.project.notify
        )
    return settings
