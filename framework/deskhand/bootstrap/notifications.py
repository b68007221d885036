"""People are told: notify.yaml meets the ways in which each target is reached."""

from collections.abc import Mapping, Sequence

from deskhand.bootstrap.notify_settings import notify_settings
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.announcement import Wording
from deskhand.domain.identifiers import WorkerId
from deskhand.errors import NotFoundError
from deskhand.notifiers.mail import MailNotifier
from deskhand.notifiers.webhook import WebhookNotifier
from deskhand.ports.notifier import Notifier
from deskhand.runtime.notifier_loop import NotifierLoop
from deskhand.runtime.store_thread import StoreThread
from deskhand.senders.web import WebSender
from deskhand.settings.notify import NotifySettings
from deskhand.use_cases.note_facts import Lookout
from deskhand.use_cases.pass_on import Secretary


def notifier_loops(
    place: Workplace, *, thread: StoreThread, holder: WorkerId
) -> Sequence[NotifierLoop]:
    """Return the loop that tells people, none without notify.yaml; raises `SettingsError`."""
    settings = notify_settings(place)
    if settings is None:
        return []
    loop = NotifierLoop(
        lookout=lookout(place, settings),
        secretary=Secretary(
            store=place.store,
            seal=place.seal,
            clock=place.clock,
            queues=place.book,
            wording=wording(place, settings),
            book=settings.book,
        ),
        notifiers=notifiers(place, settings),
        thread=thread,
        observer=place.observer,
        holder=holder,
    )
    return [loop]


def lookout(place: Workplace, settings: NotifySettings) -> Lookout:
    """Return what looking for facts needs."""
    return Lookout(store=place.store, clock=place.clock, book=settings.book, queues=place.book)


def wording(place: Workplace, settings: NotifySettings) -> Wording:
    """Return how notifications are put in words."""
    return Wording(log=place.project.log, timezone=settings.book.timezone, link=settings.book.link)


def notifiers(place: Workplace, settings: NotifySettings) -> Mapping[str, Notifier]:
    """Return how each target is reached, by its name."""
    found: dict[str, Notifier] = {}
    if settings.mail is not None:
        for name, address in settings.people.items():
            found[name] = MailNotifier(settings.mail, to=address, vault=place.vault)
    if settings.webhooks:
        sender = WebSender(place.vault, clock=place.clock)
        for name, receiver in settings.webhooks.items():
            found[name] = WebhookNotifier(sender, to=receiver, log=place.project.log)
    return found


def notifier_of(place: Workplace, settings: NotifySettings, target: str) -> Notifier:
    """Return how one target is reached; raises `NotFoundError`."""
    known = notifiers(place, settings)
    if target not in known:
        advice = f"{place.project.notify.name} has: {', '.join(known)}"
        raise NotFoundError("target", target, advice=advice)
    return known[target]
