"""Ask people to a session, and take their answers."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from agencies.models import Membership
from notifications import outbox
from sessions import notices
from sessions.models import Invitation, PracticeSession


class AnswersClosed(Exception):
    """The session has begun, or is canceled."""


@transaction.atomic
def invite_community(*, session: PracticeSession, now: datetime) -> int:
    """Ask everybody of the community who has not been asked; returns how many they are."""
    staff = Membership.objects.active().filter(agency__communities=session.community_id)
    people = User.objects.filter(
        Q(pk__in=staff.values("person")) | Q(facilitated_communities=session.community_id),
        is_active=True,
    ).exclude(session_invitations__session=session)
    asked = [
        Invitation(session=session, person=person, invited_at=now) for person in people.distinct()
    ]
    Invitation.objects.bulk_create(asked, ignore_conflicts=True)
    fresh = session.invitations.filter(person__in=[one.person_id for one in asked])
    for invitation in (invitations := list(fresh.select_related("person"))):
        invitation.session = session
    outbox.queue(notices.invited(invitation, now) for invitation in invitations)
    return len(asked)


@transaction.atomic
def answer(*, session: PracticeSession, person: User, rsvp: str, now: datetime) -> Invitation:
    """Take a person's answer; the last one counts. Raises AnswersClosed."""
    if session.is_cancelled or session.starts_at is None or now >= session.starts_at:
        raise AnswersClosed
    invitation, _ = Invitation.objects.get_or_create(
        session=session, person=person, defaults={"invited_at": now}
    )
    invitation.rsvp, invitation.answered_at = rsvp, now
    invitation.save()
    return invitation
