"""The messages that an answer owes: to who gave it, and to who may have a seat that it frees."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from sessions.models import Invitation, PracticeSession
from sessions.notices import ROWS, about, invitation_of, letter, notice

ABOUT = (
    "session-answer/"  # before an invitation's key: a move does not withdraw what an answer owes
)
_CAME_TO_NOTHING = [
    Notification.State.CANCELLED,
    Notification.State.SUPERSEDED,
    Notification.State.EXPIRED,
    Notification.State.SUPPRESSED,
]
PAUSE = timedelta(hours=1)  # between two free seats that the same person hears of


def answered(invitation: Invitation, now: datetime) -> Notification:
    """Confirm an answer, with the calendar entry that follows it; once each answer."""
    key = f"session-answered/{invitation.pk}/{invitation.sequence}"
    owed = notice(invitation, "answered", key, now, invitation.session.ends_at)
    owed.about = f"{ABOUT}{invitation.pk}"
    owed.context["answer"] = invitation.sequence
    return owed


def seat_is_free(waiting: Iterable[Invitation], now: datetime) -> Iterator[Notification]:
    """Tell those who answered maybe that a seat is free again, if it still is; once an hour each.

    Who heard of one in the last hour hears of the next when the hour is over.
    """
    by_about = {about(invitation): invitation for invitation in waiting}
    lately = Notification.objects.filter(
        kind="sessions/freed", about__in=by_about, due_at__gt=now - PAUSE, due_at__lte=now
    ).exclude(state__in=_CAME_TO_NOTHING)
    told = dict(lately.order_by("due_at").values_list("about", "due_at"))
    for name, invitation in by_about.items():
        due_at = told[name] + PAUSE if name in told else now
        key = f"session-freed/{invitation.pk}/{due_at.isoformat()}"
        yield notice(invitation, "freed", key, due_at, invitation.session.starts_at)


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
