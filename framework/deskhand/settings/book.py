"""Queues, people and calendars together: what holds between the three files."""

from collections.abc import Iterator

from deskhand.domain.queue import QueueBook
from deskhand.errors import SettingsError
from deskhand.settings.calendars import load_calendars
from deskhand.settings.people import load_people
from deskhand.settings.project import Project
from deskhand.settings.queues import load_queues
from deskhand.settings.yaml_file import suggestion


def load_book(project: Project) -> QueueBook:
    """Read what a project laid down; files that are missing leave the defaults.

    Raises `SettingsError`.
    """
    astray = project.runbooks / "queues.yaml"
    if astray.is_file() and astray.resolve() != project.queues:
        # Unread, it would let anybody decide what it keeps for a few.
        raise SettingsError(f"it is not read here; move it to {project.queues}", file=astray)
    return QueueBook(
        queues=load_queues(project.queues),
        people=load_people(project.people),
        calendars=load_calendars(project.calendars),
    )


def disagreements(project: Project, book: QueueBook) -> Iterator[SettingsError]:
    """Yield what the files say of each other and is not so: mistakes, though all can be read."""
    held = {role for person in book.people.values() for role in person.roles}
    for queue in book.queues.values():
        if queue.role is not None and queue.role not in held:
            yield SettingsError(
                f"nobody in {project.people.name} has the role `{queue.role}`: "
                "nobody may take its cases",
                file=project.queues,
                where=f"queue {queue.name}",
            )
        target = None if queue.escalate_to is None else book.of(queue.escalate_to)
        if queue.role is not None and target is not None and target.role is None:
            yield SettingsError(
                f"cases that only the role `{queue.role}` may decide escalate to `{target.name}`, "
                "where anybody may: give it a role, too",
                file=project.queues,
                where=f"queue {queue.name}",
            )
    for person in book.people.values():
        for name in sorted(person.queues - set(book.queues)):
            known = sorted(book.queues) or [f"none: there is no {project.queues.name}"]
            yield SettingsError(
                f"no queue `{name}`; {suggestion(name, known)}",
                file=project.people,
                where=f"person {person.name}",
            )
