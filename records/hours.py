"""How many hours people have learned: of one person, or of an agency's people at that time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import ExtractYear

from records.models import AttendanceQuerySet


@dataclass(frozen=True)
class Part:
    """What falls on one year, topic or person."""

    label: str
    webinars: int
    seconds: int

    @property
    def hours(self) -> str:
        """The hours with one decimal place."""
        return in_hours(self.seconds)


def in_hours(seconds: int) -> str:
    """Return seconds as hours with one decimal place."""
    return f"{seconds / 3600:.1f}"


def total(rows: AttendanceQuerySet) -> Part:
    """Add up what was attended."""
    found = rows.attended().aggregate(webinars=Count("webinar", distinct=True), s=Sum("seconds"))
    return Part("", found["webinars"], found["s"] or 0)


def by_year(rows: AttendanceQuerySet) -> list[Part]:
    """Add up by year, the newest first."""
    return _parts(rows, ExtractYear("webinar__held_on"), "-of")


def by_topic(rows: AttendanceQuerySet) -> list[Part]:
    """Add up by topic; a webinar on two topics counts under both."""
    return _parts(rows.filter(webinar__topics__isnull=False), F("webinar__topics__name"), "of")


def by_person(rows: AttendanceQuerySet) -> list[Part]:
    """Add up by person, by name; two people of one name stay two."""
    found = (
        rows.attended()
        .values("person", of=F("person__name"))
        .annotate(number=Count("pk"), s=Sum("seconds"))
        .order_by("of", "person")
    )
    return _made(found)


def _parts(rows: AttendanceQuerySet, of: Any, order: str) -> list[Part]:
    found = rows.attended().values(of=of)
    counted = found.annotate(number=Count("webinar", distinct=True), s=Sum("seconds"))
    return _made(counted.order_by(order))


def _made(found: Iterable[Any]) -> list[Part]:
    return [Part(str(one["of"]), one["number"], one["s"]) for one in found]
