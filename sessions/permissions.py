"""What a person may do with a session."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from sessions.models import Invitation, PracticeSession


def can_read_inside(user: User | AnonymousUser, session: PracticeSession) -> bool:
    """Whether this person may read what stays in the room: agenda, notes, link, materials."""
    return PracticeSession.objects.open_to(user).filter(pk=session.pk).exists()


def can_facilitate(user: User | AnonymousUser, session: PracticeSession) -> bool:
    """Whether this person runs the session."""
    return PracticeSession.objects.run_by(user).filter(pk=session.pk).exists()


def invitation_of(user: User | AnonymousUser, session: PracticeSession) -> Invitation | None:
    """Return this person's invitation to the session, if there is one."""
    if not user.is_authenticated:
        return None
    return session.invitations.filter(person=user).first()
