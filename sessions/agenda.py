"""A session's agenda: its parts, and when each of them begins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from events import zones
from sessions.models import AgendaItem, PracticeSession


@dataclass(frozen=True)
class Part:
    """One part as it is written down."""

    title: str
    minutes: int | None
    who: str
    text: str


@dataclass(frozen=True)
class Row:
    """One part as it is read; `begins` is empty where it cannot be known."""

    item: AgendaItem
    begins: str


def rows(session: PracticeSession) -> list[Row]:
    """Return the parts in order; they have times as long as the lengths before them are known."""
    moment, shown = session.starts_at, []
    for item in session.agenda.order_by("position", "pk"):
        begins = zones.clock_in_words(moment, session.time_zone) if moment else ""
        shown.append(Row(item, begins))
        known = moment is not None and item.minutes is not None
        moment = moment + timedelta(minutes=item.minutes or 0) if known and moment else None
    return shown


def write(*, session: PracticeSession, parts: Iterable[Part]) -> None:
    """Put these parts in the place of the old ones."""
    session.agenda.all().delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(session=session, position=position, **vars(part))
        for position, part in enumerate(parts, start=1)
    )
