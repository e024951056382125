"""Write to people who have a place: draft, try, send, and for ten minutes undo."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation

from accounts.models import User
from agencies.models import Agency
from notifications import fanning, outbox, rendering, resending, suppressing, unsubscribing
from notifications.models import Category, Notification
from notifications.placeholders import Wording
from webinars import mailing_notices
from webinars.models import Mailing, Registration, Webinar

UNDO = timedelta(minutes=10)


class IsSent(Exception):
    """What was sent does not change any more."""


class NotAsSeen(Exception):
    """Since it was looked at, its text or the number of its recipients has changed."""


@dataclass(frozen=True)
class Reach:
    """Who gets a message, and how many of those chosen do not, by the reason."""

    places: list[Registration]
    unwilling: int
    resting: int
    barred: int

    @property
    def left_out(self) -> int:
        """How many of those chosen do not get it."""
        return self.unwilling + self.resting + self.barred


@dataclass(frozen=True)
class Copy:
    """The message as one person will read it."""

    person: User
    subject: str
    text: str
    html: str


def write(
    *,
    webinar: Webinar,
    by: User,
    audience: str,
    agencies: Iterable[Agency],
    wording: Wording,
) -> Mailing:
    """Keep a draft; nobody gets it before its sending is confirmed."""
    mailing = Mailing(webinar=webinar, written_by=by)
    return _say(mailing, audience, agencies, wording)


@transaction.atomic
def change(
    *, mailing: Mailing, audience: str, agencies: Iterable[Agency], wording: Wording
) -> Mailing:
    """Write over a draft. Raises IsSent."""
    mailing = _hold(mailing)
    if mailing.queued_at:
        raise IsSent
    return _say(mailing, audience, agencies, wording)


def reach(mailing: Mailing) -> Reach:
    """Return who would get the message now, and who of those chosen would not."""
    chosen = mailing.chosen()
    all_chosen = chosen.count()
    allowed = list(chosen.who_may_see(mailing.webinar))
    people = {place.person_id: place.person.email for place in allowed}
    unwilling = unsubscribing.unwilling(people, Category.MESSAGES)
    resting = suppressing.resting(people.values(), Category.MESSAGES)
    willing = [place for place in allowed if place.person_id not in unwilling]
    places = [place for place in willing if place.person.email not in resting]
    for place in places:
        place.webinar = mailing.webinar
    return Reach(
        places,
        unwilling=len(allowed) - len(willing),
        resting=len(willing) - len(places),
        barred=all_chosen - len(allowed),
    )


def copies(mailing: Mailing, reached: Reach, now: datetime) -> list[Copy]:
    """Return the message as a few who get it will read it: the first, one in the middle, the last.

    Nobody else may have a person's links to join and to unsubscribe: they are left out.
    """
    last = len(reached.places) - 1
    chosen = [reached.places[n] for n in sorted({0, last // 2, last})] if reached.places else []
    return [_copy(mailing, place, now) for place in chosen]


@transaction.atomic
def send(*, mailing: Mailing, seen: int, version: str, now: datetime) -> Mailing:
    """Owe the message to everybody it reaches, due in ten minutes; twice sends once.

    `seen` is how many recipients of which `version` the organiser confirmed. Raises NotAsSeen
    when it would be others now.
    """
    mailing = _hold(mailing)
    if mailing.queued_at:
        return mailing
    reached = reach(mailing)
    if not seen or (len(reached.places), mailing.version) != (seen, version):
        raise NotAsSeen
    mailing.queued_at, mailing.due_at, mailing.owed = now, now + UNDO, seen
    for name in ("unwilling", "resting", "barred"):
        setattr(mailing, name, getattr(reached, name))
    mailing.save()
    places = Registration.objects.filter(pk__in=[place.pk for place in reached.places])
    fanning.queue(places, mailing_notices.mailing(mailing))
    return mailing


@transaction.atomic
def undo(*, mailing: Mailing, now: datetime) -> Mailing:
    """Withdraw what has not gone out; twice changes nothing."""
    mailing = _hold(mailing)
    if mailing.queued_at and mailing.undone_at is None:
        mailing.undone_at = now
        mailing.save()
        outbox.withdraw(mailing_notices.about(mailing), reason="the organizer undid it", now=now)
    return mailing


@transaction.atomic
def delete(*, mailing: Mailing, now: datetime) -> None:
    """Delete a draft, and owe no more copies of it. Raises IsSent; twice deletes once."""
    held = Mailing.objects.select_for_update().filter(pk=mailing.pk).first()
    if held is None:
        return
    if held.queued_at:
        raise IsSent
    outbox.withdraw(mailing_notices.about(held), reason="the draft was deleted", now=now)
    held.delete()


@transaction.atomic
def send_again(*, mailing: Mailing, now: datetime) -> int:
    """Owe it once more to those whom it failed to reach; return how many. Twice sends once.

    Who may not get it any more is dropped by the last look, as always.
    """
    mailing = _hold(mailing)
    if mailing.queued_at is None or mailing.undone_at is not None:
        return 0
    failed = Notification.objects.filter(about=mailing_notices.about(mailing)).failed()
    places = {place.person_id: place.pk for place in mailing.chosen()}
    again = [one for one in failed.select_for_update() if one.recipient_id in places]
    for one in again:
        one.context = mailing_notices.context(mailing, places[one.recipient_id])  # type: ignore[index] # it has one
        one.due_at, one.useful_until = now, now + mailing_notices.USEFUL_FOR
    resending.owe_again(again)
    return len(again)


def try_out(*, mailing: Mailing, person: User, now: datetime) -> None:
    """Send a copy to one who writes it, as if that person held a seat.

    Of the same words once a minute at most.
    """
    outbox.queue([mailing_notices.mailing_copy(mailing, person, now)])


def _copy(mailing: Mailing, place: Registration, now: datetime) -> Copy:
    person = place.person
    notification = Notification(
        key="", kind="webinars/mailing", category=Category.MESSAGES, recipient=person
    )
    notification.address, notification.claimed_at = person.email, now
    with translation.override(rendering.language_of(person)):
        letter = mailing_notices.without_link(mailing_notices.letter(mailing, place, now))
        message = rendering.render(notification, letter)
    link, nowhere = (
        unsubscribing.url(person, Category.MESSAGES),
        f"{settings.SITE_URL}/unsubscribe/…/",
    )
    html = str(message.alternatives[0][0])
    return Copy(
        person,
        str(message.subject),
        str(message.body).replace(link, nowhere),
        html.replace(link, nowhere),
    )


def _say(mailing: Mailing, audience: str, agencies: Iterable[Agency], wording: Wording) -> Mailing:
    mailing.audience, mailing.subject, mailing.text = audience, wording.subject, wording.text
    mailing.save()
    mailing.agencies.set(agencies)
    return mailing


def _hold(mailing: Mailing) -> Mailing:
    """Lock the mailing's row: who sends and who undoes it wait for each other."""
    held = Mailing.objects.select_for_update(of=("self",)).select_related("webinar")
    return held.get(pk=mailing.pk)
