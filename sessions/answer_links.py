"""The links in a session's messages that answer its invitation without signing in."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from events import personal_links
from events.personal_links import LinkEnded, UnknownToken
from sessions.models import Invitation, PracticeSession

_SALT = "sessions.answer"
_SESSIONS = PracticeSession.objects.announced().select_related("community")


def path(invitation: Invitation) -> str:
    """Return the path of the page on which the person answers; opening it changes nothing."""
    token = personal_links.token(invitation.session, invitation.person, _SALT)
    return reverse("sessions:answer", args=[token])


def url(invitation: Invitation, answer: str = "") -> str:
    """Return the page's absolute address, with this answer chosen."""
    chosen = f"?answer={answer}" if answer else ""
    return f"{settings.SITE_URL}{path(invitation)}{chosen}"


def read(token: str, now: datetime) -> Invitation:
    """Return the invitation that a link answers. Raises UnknownToken or LinkEnded.

    Who has left the community answers no more: there is nothing behind the link. Once the session
    is over there is nothing to answer.
    """
    session, person = personal_links.read(token, _SALT, _SESSIONS.all(), now)
    if session.is_over(now):
        raise LinkEnded
    standing = session.invitations.standing().select_related("person")
    invitation = standing.filter(person=person).first()
    if invitation is None:
        raise UnknownToken
    invitation.session = session
    return invitation
