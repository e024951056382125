"""Ask people to a session, and take their answers."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from accounts.models import User
from agencies.membership import SLIP
from agencies.models import Membership
from notifications import outbox
from notifications.models import Notification
from sessions import answer_notices, notices
from sessions.models import Invitation, PracticeSession

SOON = timedelta(hours=1)  # before the start nobody waits to be told


Rsvp = Invitation.Rsvp


class AnswersClosed(Exception):
    """The session is over, or is canceled."""


class SessionFull(Exception):
    """As many people as there are seats have said yes."""


@transaction.atomic
def invite_community(
    *, session: PracticeSession, now: datetime, due_at: datetime | None = None
) -> int:
    """Ask everybody of the community who has not been asked; returns how many they are.

    They are told at `due_at`, or at once.
    """
    staff = Membership.objects.active().filter(agency__communities=session.community_id)
    people = User.objects.filter(
        Q(pk__in=staff.values("person")) | Q(facilitated_communities=session.community_id),
        is_active=True,
    ).exclude(session_invitations__session=session)
    asked = [
        Invitation(session=session, person=person, invited_at=now, sequence=session.first_sequence)
        for person in people.distinct()
    ]
    Invitation.objects.bulk_create(asked, ignore_conflicts=True)
    fresh = session.invitations.filter(person__in=[one.person_id for one in asked])
    for invitation in (invitations := list(fresh.select_related("person"))):
        invitation.session = session
    outbox.queue(notices.invited(invitation, due_at or now) for invitation in invitations)
    return len(asked)


def invite_newcomers(*, now: datetime) -> None:
    """Ask who has joined since to every coming session; running twice asks nobody twice.

    They are told after a while, so that an agency let in by a slip hears nothing of it.
    """
    coming = PracticeSession.objects.filter(
        state=PracticeSession.State.PUBLISHED, starts_at__gt=now
    )
    for session in coming.order_by("starts_at", "pk"):
        is_soon = session.starts_at is not None and session.starts_at <= now + SOON
        invite_community(session=session, now=now, due_at=now if is_soon else now + SLIP)


def release_leavers(*, now: datetime) -> None:
    """Take the coming sessions back from who has not been allowed to come for a while; once.

    Who is back by then keeps the answer and hears nothing.
    """
    coming = Invitation.objects.filter(
        session__state=PracticeSession.State.PUBLISHED, session__starts_at__gt=now
    )
    coming.standing().filter(left_at__isnull=False).update(left_at=None)
    coming.left().filter(left_at=None).update(left_at=now)
    for pk in sorted(set(coming.gone(now).values_list("session", flat=True))):
        _release(pk, now)


@transaction.atomic
def _release(pk: int, now: datetime) -> None:
    """Take the invitations away, with their messages; who is asked again gets new ones."""
    session = _hold(PracticeSession(pk=pk))
    left = list(session.invitations.gone(now).select_related("person"))
    subjects = {notices.about(invitation): invitation for invitation in left}
    untold = Notification.objects.open().filter(kind="sessions/invited", about__in=subjects)
    unaware = set(untold.values_list("about", flat=True))
    outbox.withdraw(*subjects, reason="the person left the community", now=now)
    told = (invitation for about, invitation in subjects.items() if about not in unaware)
    outbox.queue(notices.left(invitation, now) for invitation in told)
    _count_on_from(session, left)
    session.invitations.filter(pk__in=[invitation.pk for invitation in left]).delete()
    given_up = sum(invitation.rsvp == Rsvp.YES for invitation in left)
    if 0 < (seats_left(session) or 0) <= given_up:
        tell_of_free_seats(session=session, now=now)


def _count_on_from(session: PracticeSession, left: list[Invitation]) -> None:
    """Let who is asked again get an entry that calendars take for newer than the one canceled."""
    if left:
        next_one = max(invitation.sequence for invitation in left) + 1
        rows = PracticeSession.objects.filter(pk=session.pk)
        rows.update(first_sequence=Greatest(F("first_sequence"), next_one))


def takes_answers(session: PracticeSession, now: datetime) -> bool:
    """Whether people may say if they come: also who comes late, and needs the link."""
    return session.state == session.State.PUBLISHED and not session.is_over(now)


@transaction.atomic
def answer(*, session: PracticeSession, person: User, rsvp: str, now: datetime) -> Invitation:
    """Take a person's answer and let the calendar entry follow; the last one counts.

    Raises AnswersClosed or SessionFull.
    """
    session = _hold(session)
    if not takes_answers(session, now):
        raise AnswersClosed
    if rsvp == Invitation.Rsvp.YES and not has_seat_for(session, person):
        raise SessionFull
    first = {"invited_at": now, "sequence": session.first_sequence}
    invitation, _ = Invitation.objects.get_or_create(session=session, person=person, defaults=first)
    if invitation.rsvp != rsvp:
        frees_seat = invitation.rsvp == Rsvp.YES and seats_left(session) == 0
        invitation.rsvp, invitation.answered_at = rsvp, now
        invitation.sequence += 1
        invitation.save()
        outbox.queue([answer_notices.answered(invitation, now)])
        if frees_seat:
            tell_of_free_seats(session=session, now=now)
    return invitation


def seats_left(session: PracticeSession) -> int | None:
    """Return how many more may say yes; None where seats are not counted."""
    if session.capacity is None:
        return None
    return max(0, session.capacity - session.invitations.standing().saying(Rsvp.YES).count())


def tell_of_free_seats(*, session: PracticeSession, now: datetime) -> None:
    """Tell who answered maybe that a full session has a seat again; the caller holds it."""
    waiting = session.invitations.standing().saying(Rsvp.MAYBE).select_related("person")
    if session.state == session.State.PUBLISHED and seats_left(session) != 0:
        outbox.queue(answer_notices.seat_is_free(waiting, now))


def has_seat_for(session: PracticeSession, person: User) -> bool:
    """Whether this person may say yes: seats are counted among those who may still come."""
    if session.capacity is None:
        return True
    others = session.invitations.standing().saying(Invitation.Rsvp.YES).exclude(person=person)
    return others.count() < session.capacity


def _hold(session: PracticeSession) -> PracticeSession:
    """Lock the session's row: whoever counts seats holds it, so the count stays true."""
    return PracticeSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
