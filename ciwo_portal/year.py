"""The record of the newest programme: a year on one page."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.dates import MONTHS_3

from accounts.models import User
from library.models import NamedPlace, Programme
from sessions.models import PracticeSession
from webinars.models import Webinar

SHOWN = 60  # events of each kind


@dataclass(frozen=True)
class Month:
    """A month's events."""

    name: str
    webinars: list[Webinar]
    sessions: list[PracticeSession]


@dataclass(frozen=True)
class Year:
    """A year's programme with what a reader may know of it."""

    programme: Programme
    webinars: list[Webinar]
    sessions: list[PracticeSession]
    places: list[NamedPlace]  # whose agencies the record names

    @property
    def months(self) -> list[Month]:
        """Return all twelve months, empty ones too."""
        return [
            Month(
                str(name),
                [one for one in self.webinars if one.held_on.month == number],
                [one for one in self.sessions if one.held_on.month == number],
            )
            for number, name in MONTHS_3.items()
        ]


def newest(user: User | AnonymousUser) -> Year | None:
    """Return the newest programme on record; at most four queries."""
    programme = Programme.objects.order_by("-year").first()
    if programme is None:
        return None
    webinars = Webinar.objects.visible_to(user)
    sessions = PracticeSession.objects.visible_to(user).select_related("community")
    places = programme.named_places.select_related("agency_today")
    return Year(
        programme=programme,
        webinars=_of(webinars, programme.year),
        sessions=_of(sessions, programme.year),
        places=list(places.order_by("position", "pk")[:SHOWN]),
    )


def _of(events: Any, year: int) -> list[Any]:
    return list(
        events.announced()
        .filter(held_on__year=year, is_demo=False)
        .order_by("held_on", "pk")[:SHOWN]
    )
