"""What came before and after an event: on the same topics, and in the year on record."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, F, Value

from accounts.models import User
from events.models import Event
from library.models import Programme
from sessions.models import PracticeSession
from webinars.models import Webinar

SHOWN = 3  # on each side


@dataclass(frozen=True)
class Neighbor:
    """An event before or after another."""

    kind: str
    title: str
    url: str
    held_on: date


@dataclass(frozen=True)
class Around:
    """Events before and after one, each side in the order of the days."""

    before: list[Neighbor]
    after: list[Neighbor]

    @property
    def events(self) -> list[Neighbor]:
        """Return both sides as one list."""
        return self.before + self.after


@dataclass(frozen=True)
class OnRecord:
    """What the record says of the year of an event, and what was held before and after."""

    programme: Programme
    quotation: str
    around: Around


def on_topics(event: Event, user: User | AnonymousUser) -> Around:
    """Return what this reader may know of on the event's topics; one query."""
    topics = event.topics.order_by().values("pk")
    return _around(event, user, SHOWN, topics__in=topics)


def on_record(event: Event, user: User | AnonymousUser) -> OnRecord | None:
    """Return what the record of the event's year says; None for an event that is in no record."""
    if not event.source_text:
        return None
    programme = Programme.objects.filter(year=event.held_on.year).first()
    if programme is None:
        return None
    if isinstance(event, PracticeSession):
        said = [event.community.source_text]
    else:
        said = [programme.webinars_source, programme.participants_source]
    beside = _around(event, user, 1, held_on__year=programme.year)
    return OnRecord(programme, "\n\n".join(one for one in said if one), beside)


def _around(event: Event, user: User | AnonymousUser, shown: int, **which: Any) -> Around:
    """Return the nearest events on both sides; invented and real ones keep to themselves."""
    which |= {"is_demo": event.is_demo, "state": Event.State.PUBLISHED}
    parts: list[Any] = []
    for kind, model in (("webinar", Webinar), ("session", PracticeSession)):
        rows: Any = model.objects.visible_to(user).filter(**which)
        if isinstance(event, model):
            rows = rows.exclude(pk=event.pk)
        columns = _columns(rows, kind)
        parts.append(columns.filter(held_on__lt=event.held_on).order_by("-held_on", "slug")[:shown])
        parts.append(columns.filter(held_on__gte=event.held_on).order_by("held_on", "slug")[:shown])
    found = sorted(parts[0].union(*parts[1:], all=True), key=lambda row: row["held_on"])
    before = [_neighbor(row) for row in found if row["held_on"] < event.held_on]
    after = [_neighbor(row) for row in found if row["held_on"] >= event.held_on]
    return Around(before[-shown:], after[:shown])


def _columns(rows: Any, kind: str) -> Any:
    named = {"of": Value(kind, CharField()), "community_slug": F("community__slug")}
    return rows.order_by().values("title", "slug", "held_on", **named).distinct()


def _neighbor(row: dict[str, Any]) -> Neighbor:
    is_webinar = row["of"] == "webinar"
    place = "webinars" if is_webinar else f"communities/{row['community_slug']}"
    return Neighbor(row["of"], row["title"], f"/{place}/{row['slug']}/", row["held_on"])
