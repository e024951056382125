"""Who is due a reminder now."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from notifications import outbox
from notifications.models import Notification
from surveys import notices, waiting
from surveys.models import Response
from surveys.waiting import Task

GAP = timedelta(days=3)  # at least, between any two of our messages about one response
UNOPENED_AFTER = timedelta(days=7)  # without anybody having looked
# From when on each is owed, and until when it is of use: both before the wave closes. Each ends
# a gap before the next begins.
LEADS = {
    "week": (timedelta(days=7), timedelta(days=1) + GAP),
    "day": (timedelta(days=1), timedelta(0)),
}
BATCH = 200  # responses looked at together


def queue_due(*, now: datetime) -> None:
    """Owe every reminder whose moment has come; running twice owes nothing twice.

    Each goes to those for whom the response waits: nobody has looked, the coordinators; sections
    are unfinished, their owners; sections are ready, who signs off; else the coordinators. Three
    at most to one person: one when nobody has looked for a week, one from a week before closing,
    one from a day before. Who heard of it just before such a moment knows already, and who has
    submitted is left alone.
    """
    unopened_until = LEADS["week"][0] + GAP
    unopened = Response.objects.closing(now, None, unopened_until).filter(opened_at=None)
    _owe(notices.UNOPENED, list(unopened), unopened_until, now)
    for lead, (before, until) in LEADS.items():
        _owe(lead, list(Response.objects.closing(now, before, until)), until, now)


def _owe(lead: str, due: list[Response], until: timedelta, now: datetime) -> None:
    for start in range(0, len(due), BATCH):
        some = due[start : start + BATCH]
        tasks = waiting.tasks(some)
        told = _told(some)
        outbox.queue(
            notices.reminder(response, task.person, lead, now, response.closes_at - until)
            for response in some
            for task in tasks[response.pk]
            if _is_due(lead, response, task, told.get((response.pk, task.person.pk)), now)
        )


def _is_due(
    lead: str, response: Response, task: Task, last: datetime | None, now: datetime
) -> bool:
    """Whether this person heard of the response early enough to be reminded; unasked, nobody is."""
    if task.told_at is None:
        return False
    if lead == notices.UNOPENED:
        return task.told_at <= now - UNOPENED_AFTER and (last is None or last <= now - GAP)
    moment = response.closes_at - LEADS[lead][0]
    return max(task.told_at, last or task.told_at) <= moment - GAP


def _told(responses: Iterable[Response]) -> dict[tuple[int, int], datetime]:
    """Return when each person was last written to about each response."""
    about = {notices.about(response): response.pk for response in responses}
    rows = Notification.objects.filter(about__in=about, recipient__isnull=False)
    last: dict[tuple[int, int], datetime] = {}
    for named, person, due_at in rows.values_list("about", "recipient", "due_at"):
        key = (about[named], person)
        last[key] = max(due_at, last.get(key, due_at))
    return last
