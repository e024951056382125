"""The messages that an answer owes: to who gave it, and to who may have a seat that it frees."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from sessions.models import Invitation, PracticeSession
from sessions.notices import ROWS, invitation_of, letter, notice

ABOUT = (
    "session-answer/"  # before an invitation's key: a move does not withdraw what an answer owes
)


def answered(invitation: Invitation, now: datetime) -> Notification:
    """Confirm an answer, with the calendar entry that follows it; once each answer."""
    key = f"session-answered/{invitation.pk}/{invitation.sequence}"
    owed = notice(invitation, "answered", key, now, invitation.session.ends_at)
    owed.about = f"{ABOUT}{invitation.pk}"
    owed.context["answer"] = invitation.sequence
    return owed


def seat_is_free(invitation: Invitation, now: datetime) -> Notification:
    """Tell somebody who answered maybe that a seat is free again; once each time one is."""
    key = f"session-freed/{invitation.pk}/{now.isoformat()}"
    return notice(invitation, "freed", key, now, invitation.session.starts_at)


def _write_answered(notification: Notification) -> Letter:
    invitation = invitation_of(notification)
    if invitation.session.state != PracticeSession.State.PUBLISHED:
        raise Dropped("the session was canceled")
    if invitation.sequence != notification.context["answer"]:
        raise Dropped("the person has answered again since")
    is_no = invitation.rsvp == Invitation.Rsvp.NO
    return letter(notification, invitation, "CANCEL" if is_no else "REQUEST")


def _write_freed(notification: Notification) -> Letter:
    invitation = invitation_of(notification)
    session = invitation.session
    if session.state != PracticeSession.State.PUBLISHED:
        raise Dropped("the session was canceled")
    if invitation.rsvp != Invitation.Rsvp.MAYBE:
        raise Dropped("the person has answered since")
    coming = session.invitations.standing().saying(Invitation.Rsvp.YES)
    if session.capacity is not None and coming.count() >= session.capacity:
        raise Dropped("all seats are taken again")
    return letter(notification, invitation, "")


register(
    *(
        Kind(f"sessions/{word}", Category.CHANGES, write, "invitation", ROWS, title, replaces=True)
        for word, write, title in (
            ("answered", _write_answered, _("Answer to an invitation")),
            ("freed", _write_freed, _("A seat is free in a session")),
        )
    )
)
