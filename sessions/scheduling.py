"""Plan, change, publish, move and cancel a session; whoever is asked to it is told once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts import concurrency, visitors
from accounts.models import User
from agencies.models import Community
from events.slugs import free_slug
from library import keeping
from library.models import Topic
from notifications import fanning
from notifications.fanning import ToEach
from sessions import agenda, invitations, notices
from sessions.agenda import Part
from sessions.models import Invitation, InvitationQuerySet, PracticeSession

State = PracticeSession.State


class IsCancelled(Exception):
    """A canceled session does not change any more."""


class IsOver(Exception):
    """What was held is not called off any more."""


class HasNoTime(Exception):
    """Only a session in the future that has a time, or one that was held, can be announced."""


class SeatsTaken(Exception):
    """More people have said yes than there would be seats."""


class NotHeldThen(Exception):
    """What is on record was held before it was put there."""


REFUSALS = (concurrency.ChangedMeanwhile, NotHeldThen, SeatsTaken)  # what the form can set right


@dataclass(frozen=True)
class Plan:
    """What an organiser or facilitator says of a session; one of the past may have a day only."""

    title: str
    summary: str
    description: str
    held_on: date
    starts_at: datetime | None
    ends_at: datetime | None
    time_zone: str
    community: Community
    has_public_summary: bool
    capacity: int | None
    join_url: str


@transaction.atomic
def plan(
    *, uid: UUID, details: Plan, topics: Iterable[Topic], parts: Iterable[Part], by: User
) -> PracticeSession:
    """Plan a session; nobody else sees it yet, and the same uid again plans nothing more."""
    # Whoever plans holds the person's row, so that a double click finds the first session.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    planned = PracticeSession.objects.filter(uid=uid).first()
    if planned is not None:
        return planned
    slug = free_slug(PracticeSession.objects.all(), details.title)
    session = PracticeSession.objects.create(uid=uid, slug=slug, **vars(details))
    session.topics.set(topics)
    agenda.write(session=session, parts=parts)
    return session


@transaction.atomic
def publish(*, session: PracticeSession, now: datetime) -> None:
    """Announce a draft to its community and ask everybody; what was held goes on record in silence.

    Raises HasNoTime or IsCancelled.
    """
    session = _hold(session)
    if session.is_cancelled:
        raise IsCancelled
    is_coming = session.starts_at is not None and now < session.starts_at
    if not is_coming and not session.was_held(now):
        raise HasNoTime
    if session.state == State.DRAFT:
        session.state, session.published_at = State.PUBLISHED, now
        session.save()
        keeping.announce(session.resources.all())
        if is_coming:
            invitations.invite_community(session=session, now=now)


@transaction.atomic
def change(
    *,
    session: PracticeSession,
    seen: datetime,
    details: Plan,
    topics: Iterable[Topic],
    parts: Iterable[Part],
    reason: str,
    now: datetime,
) -> int:
    """Change what is said of a session; return how many are told of a new time or join link.

    Of a new time it is everybody asked, of a new join link alone it is who comes.

    `seen` is when it had last changed as it was read. Raises IsCancelled, ChangedMeanwhile,
    SeatsTaken or NotHeldThen.
    """
    session = _hold(session)
    if session.is_cancelled:
        raise IsCancelled
    if session.changed_at != seen:
        raise concurrency.ChangedMeanwhile
    _refuse_contradictions(session, details)
    known = notices.known(session)
    was_full = invitations.seats_left(session) == 0
    is_moved, is_told = is_move(session, details), is_news(session, details, now)
    is_changed = is_moved or session.join_url != details.join_url
    _write_down(session, details)
    if is_changed:
        session.sequence += 1
        session.change_reason = reason
    session.save()
    visitors.forget_pages()
    session.topics.set(topics)
    agenda.write(session=session, parts=parts)
    told = _tell_of_change(session, known, now, is_moved=is_moved) if is_told else 0
    if was_full:
        invitations.tell_of_free_seats(session=session, now=now)
    return told


@transaction.atomic
def cancel(*, session: PracticeSession, reason: str, now: datetime) -> None:
    """Call a session off and tell everybody asked; twice tells nobody twice. Raises IsOver."""
    session = _hold(session)
    if session.is_cancelled:
        return
    if session.is_over(now):
        raise IsOver
    was_published, known = session.state == State.PUBLISHED, notices.known(session)
    session.state, session.cancelled_at = State.CANCELLED, now
    session.sequence += 1
    session.change_reason = reason
    session.save()
    if was_published:
        _tell(session, notices.cancelled(session, known, now), "the session was canceled")


@transaction.atomic
def reinstate(*, session: PracticeSession, reason: str, now: datetime) -> int:
    """Put a canceled session back on and tell everybody asked; return how many.

    Twice tells nobody twice; one that was never published is a draft again. Raises IsOver.
    """
    session = _hold(session)
    if not session.is_cancelled:
        return 0
    if session.is_over(now):
        raise IsOver
    known = notices.known(session)
    session.state = State.PUBLISHED if session.published_at else State.DRAFT
    session.cancelled_at = None
    session.sequence += 1
    session.change_reason = reason
    session.save()
    if session.state == State.DRAFT:
        return 0
    return _tell(session, notices.reinstated(session, known, now), "the session is on again")


def _refuse_contradictions(session: PracticeSession, details: Plan) -> None:
    """Hold a change to what depends on it: the seats taken, and when it was put on record."""
    seats = details.capacity
    if seats is not None and seats != session.capacity and _coming(session).count() > seats:
        raise SeatsTaken
    if session.is_entered_later and not _was_held_by_then(details, session):
        raise NotHeldThen


def _was_held_by_then(details: Plan, session: PracticeSession) -> bool:
    """Whether it would have been over when it was put on record."""
    corrected = PracticeSession(held_on=details.held_on, ends_at=details.ends_at)
    return session.published_at is not None and corrected.was_held(session.published_at)


def is_move(session: PracticeSession, details: Plan) -> bool:
    """Whether a change gives the session another time or another zone."""
    return _times(session) != _times(details)


def is_news(session: PracticeSession, details: Plan, now: datetime) -> bool:
    """Whether people are told of a change: what they were asked to moves, or has another link."""
    is_coming = details.ends_at is not None and now < details.ends_at
    is_changed = is_move(session, details) or session.join_url != details.join_url
    return session.state == State.PUBLISHED and is_coming and is_changed


def _coming(session: PracticeSession) -> InvitationQuerySet:
    return session.invitations.standing().saying(Invitation.Rsvp.YES)


def _hold(session: PracticeSession) -> PracticeSession:
    return PracticeSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)


def _times(session: PracticeSession | Plan) -> tuple[datetime | None, datetime | None, str]:
    return session.starts_at, session.ends_at, session.time_zone


def _write_down(session: PracticeSession, details: Plan) -> None:
    """Take what is said over; who was asked stays asked, so an announced community stays."""
    for name, value in vars(details).items():
        if name != "community" or session.state == State.DRAFT:
            setattr(session, name, value)


def _tell_of_change(
    session: PracticeSession, known: notices.Known, now: datetime, *, is_moved: bool
) -> int:
    notice = notices.moved if is_moved else notices.relinked
    asked = _tell(session, notice(session, known, now), "the session moved")
    return asked if is_moved else session.invitations.standing().with_link().count()


def _tell(session: PracticeSession, message: ToEach, reason: str) -> int:
    """Tell everybody asked in the place of what is still owed; return how many they are.

    Also those who said no: a new time may suit, and calendars must follow.
    """
    asked = session.invitations.standing().order_by("pk")
    return fanning.replace(asked, message, reason=reason)
