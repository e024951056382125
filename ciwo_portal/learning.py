"""What concerns one person: the webinars, sessions and surveys that they take part in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from accounts.models import User
from records.models import Attendance, PulseAnswer, asked_of
from sessions.models import Invitation, PracticeSession
from surveys import reading
from surveys.models import Response
from surveys.reading import Progress
from webinars import personal
from webinars.models import Offer, Registration, Webinar

SHOWN = 50
ASKED = 3  # webinars at once


@dataclass(frozen=True)
class Item:
    """An event, and the person's place in it or invitation to it."""

    event: Webinar | PracticeSession
    place: Registration | None = None
    invitation: Invitation | None = None

    @property
    def kind(self) -> str:
        """The word that the pages know this kind of event by."""
        return "webinar" if self.place else "session"


@dataclass(frozen=True)
class Seat:
    """A seat that the person is asked to take, and where the answer is given."""

    offer: Offer
    path: str
    asks: bool  # whether who comes new is asked something first


@dataclass(frozen=True)
class Asked:
    """A survey that an agency of the person is asked in."""

    response: Response
    progress: Progress


def seats(person: User, now: datetime) -> list[Seat]:
    """Return the seats that the person is asked to take and still can, first due first."""
    webinars = Webinar.objects.visible_to(person).announced().filter(starts_at__gt=now).order_by()
    offers = Offer.objects.answerable(now).filter(person=person, webinar__in=webinars)
    offers = offers.select_related("webinar", "made_by", "agency").with_questions()
    return [
        Seat(offer, personal.path(offer.webinar, person), offer.asks_anything(now))
        for offer in offers.order_by("until", "pk")[:SHOWN]
    ]


def coming(person: User, now: datetime) -> list[Item]:
    """Return what the person has a place in or is invited to, soonest first."""
    webinars = Webinar.objects.visible_to(person).upcoming(now).order_by()
    places = _places(person).current().filter(webinar__in=webinars).with_position()
    sessions = PracticeSession.objects.open_to(person).upcoming(now).order_by()
    invitations = _invitations(person).filter(session__in=sessions)
    return _merged(
        places.order_by("webinar__starts_at", "pk")[:SHOWN],
        invitations.order_by("session__starts_at", "pk")[:SHOWN],
    )


def past(person: User, now: datetime) -> list[Item]:
    """Return what the person had a seat in or was invited to, newest first."""
    webinars = Webinar.objects.visible_to(person).past(now).order_by()
    places = _places(person).seated().filter(webinar__in=webinars)
    sessions = PracticeSession.objects.open_to(person).past(now).order_by()
    invitations = _invitations(person).filter(session__in=sessions)
    merged = _merged(
        places.order_by("-webinar__starts_at", "-pk")[:SHOWN],
        invitations.order_by("-session__starts_at", "-pk")[:SHOWN],
    )
    return merged[::-1]


def surveys(person: User, now: datetime) -> list[Asked]:
    """Return the open surveys of the person's agencies with how far each is, first due first."""
    asked = Response.objects.answered_by(person).open_at(now)
    responses = list(asked.select_related("wave", "agency")[:SHOWN])
    progress = reading.progress(responses) if responses else {}
    return [Asked(response, progress[response.pk]) for response in responses]


def attended(person: User) -> int:
    """Return how many webinars the person came to, as far as it is known."""
    return Attendance.objects.filter(person=person).attended().count()


def pulses(person: User, now: datetime) -> list[Webinar]:
    """Return the webinars about which the person is asked and has said nothing, newest first."""
    said = PulseAnswer.objects.filter(person=person).values("webinar")
    return list(asked_of(person, now).exclude(pk__in=said)[:ASKED])


def _places(person: User) -> Any:
    return Registration.objects.filter(person=person).select_related("webinar")


def _invitations(person: User) -> Any:
    return Invitation.objects.filter(person=person).select_related("session__community")


def _merged(places: Iterable[Registration], invitations: Iterable[Invitation]) -> list[Item]:
    items = [Item(place.webinar, place=place) for place in places]
    items += [Item(one.session, invitation=one) for one in invitations]
    return sorted(items, key=_moment)


def _moment(item: Item) -> datetime:
    event = item.event
    return event.starts_at or datetime.combine(event.held_on, time(), UTC)
