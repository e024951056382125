"""The messages that a session owes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events import ical, leads, news, zones
from events.ical import Guest
from events.leads import Lead
from notifications import fanning, subjects
from notifications.fanning import ToEach
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from notifications.subjects import Subject
from sessions import answer_links
from sessions.models import Invitation, PracticeSession
from sessions.permissions import can_read_inside

ABOUT = "session-invitation/"  # before an invitation's key
Known = dict[str, Any]  # events.news.of
_WORDS = ("invited", "moved", "relinked", "reinstated", "cancelled")
_NEWS = tuple(f"sessions/{word}" for word in _WORDS)
_PARTSTAT = {"": "NEEDS-ACTION", "yes": "ACCEPTED", "no": "DECLINED", "maybe": "TENTATIVE"}


def about(invitation: Invitation) -> str:
    """Return what a change to this invitation withdraws its messages by."""
    return f"{ABOUT}{invitation.pk}"


def subject(session: PracticeSession) -> Subject:
    """Return what its messages are about, for who looks through them."""
    asked = session.invitations.all()
    is_about = subjects.of_rows("session-invitation", asked)
    is_about |= subjects.of_rows("session-answer", asked)
    page = reverse("sessions:manage-detail", args=[session.slug])
    return Subject(f"session:{session.slug}", session.title, page, is_about)


def invited(invitation: Invitation, due_at: datetime) -> Notification:
    """Ask somebody to the session."""
    key = f"session-invited/{invitation.pk}"
    owed = notice(invitation, "invited", key, due_at, invitation.session.starts_at)
    owed.context["known"] = None  # nothing
    return owed


def moved(session: PracticeSession, before: Known, now: datetime) -> ToEach:
    """Tell everybody asked that the session has moved; once per move."""
    return _to_each(session, "moved", now, session.starts_at, before)


def relinked(session: PracticeSession, before: Known, now: datetime) -> ToEach:
    """Tell everybody asked that the join link has changed; once per change."""
    return _to_each(session, "relinked", now, session.ends_at, before)


def reinstated(session: PracticeSession, before: Known, now: datetime) -> ToEach:
    """Tell everybody asked that the canceled session is on again."""
    return _to_each(session, "reinstated", now, session.ends_at, before)


def cancelled(session: PracticeSession, before: Known, now: datetime) -> ToEach:
    """Tell everybody asked that the session is off."""
    useful = session.starts_at and session.starts_at + timedelta(hours=1)
    return _to_each(session, "cancelled", now, useful, before)


def known(session: PracticeSession) -> Known:
    """Return the session as people are told of it, with its link."""
    return news.of(session, session.join_url)


def left(invitation: Invitation, now: datetime) -> Notification:
    """Tell somebody who left the community that the session is not theirs any more."""
    key = f"session-left/{invitation.pk}"
    owed = notice(invitation, "left", key, now, invitation.session.ends_at)
    owed.context |= {
        "session": invitation.session_id,
        "title": invitation.session.title,
        "entry": invitation.sequence,
    }
    return owed


def reminder(session: PracticeSession, lead: Lead) -> ToEach:
    """Remind those who are coming; the start is part of the key, so a move reminds again."""
    starts_at = session.starts_at
    assert starts_at is not None  # noqa: S101 only events with a time are due
    return ToEach(
        kind="sessions/reminder",
        category=Category.REMINDERS,
        key=("session-reminder/", f"/{lead.word}/{starts_at.isoformat()}"),
        about=ABOUT,
        context={"lead": lead.word, "starts_at": starts_at.isoformat()},
        fields={"invitation": "pk"},
        priority=3,
        due_at=lead.owed_at(starts_at),
        useful_until=lead.useful_until(starts_at),
    )


def _to_each(
    session: PracticeSession,
    word: str,
    now: datetime,
    useful_until: datetime | None,
    before: Known,
) -> ToEach:
    """Say it to everybody asked, once for each version of the session.

    Each knows it as it was before, or before the first change not told yet; or nothing of it.
    """
    return ToEach(
        kind=f"sessions/{word}",
        category=Category.CHANGES,
        key=(f"session-{word}/", f"/{session.sequence}"),
        about=ABOUT,
        context={"sequence": session.sequence},
        fields={
            "invitation": "pk",
            "known": fanning.still_owed(_NEWS, ABOUT, "known", before),
        },
        priority=2,
        due_at=now,
        useful_until=useful_until,
    )


def notice(
    invitation: Invitation, word: str, key: str, now: datetime, useful_until: datetime | None
) -> Notification:
    """Owe one message about an invitation to its person."""
    return Notification(
        key=key,
        kind=f"sessions/{word}",
        category=Category.CHANGES,
        about=about(invitation),
        recipient=invitation.person,
        context={"invitation": invitation.pk, "sequence": invitation.session.sequence},
        priority=2,
        due_at=now,
        useful_until=useful_until,
    )


def invitation_of(notification: Notification) -> Invitation:
    """Return the invitation that a message is about. Raises Dropped for who left."""
    invitation: Invitation | None = notification.found
    if invitation is None:
        raise Dropped("the person is not invited any more")
    if not can_read_inside(invitation.person, invitation.session):
        raise Dropped("the person does not belong to the community any more")
    return invitation


def _write_standing(notification: Notification) -> Letter:
    invitation = invitation_of(notification)
    if invitation.session.state != PracticeSession.State.PUBLISHED:
        raise Dropped("the session was canceled")
    if invitation.session.sequence != notification.context["sequence"]:
        raise Dropped("the session has moved since")
    return letter(notification, invitation, "REQUEST")


def _write_news(notification: Notification) -> Letter:
    """Write what is news to this reader: not always the last change, when earlier ones waited."""
    invitation = invitation_of(notification)
    if "known" in notification.context:  # else it was owed before messages carried it
        word = _left_to_tell(notification, invitation)
        if not word:
            raise Dropped("the person knows it as it is")
        notification.kind = f"sessions/{word}"  # whose text is sent; the log keeps what was owed
    is_off = notification.kind == "sessions/cancelled"
    return _write_cancelled(notification) if is_off else _write_standing(notification)


def _left_to_tell(notification: Notification, invitation: Invitation) -> str:
    session, known = invitation.session, notification.context["known"]
    if known is not None:
        word = news.left_to_tell(session, known, session.join_url)
        if word == "relinked" and not invitation.has_link:
            raise Dropped("the join link is for who comes")
        return word
    if invitation.rsvp:  # who has answered knows that they are invited
        word = notification.kind.removeprefix("sessions/")
        return "" if word == "invited" else word
    return "" if session.is_cancelled else "invited"


def _write_cancelled(notification: Notification) -> Letter:
    invitation = invitation_of(notification)
    if not invitation.session.is_cancelled:
        raise Dropped("the session is on again")
    return letter(notification, invitation, "CANCEL")


def _write_left(notification: Notification) -> Letter:
    """Take the session out of a calendar, in the words that the person knows."""
    session: PracticeSession | None = notification.found
    person = notification.recipient
    if session is None or person is None:
        raise Dropped("the session is gone")
    if can_read_inside(person, session):
        raise Dropped("the person belongs to the community again")
    session.title, session.summary = notification.context["title"], ""
    guest = Guest(str(person), person.email, "DECLINED")
    calendar = ical.invitation(
        session,
        guest,
        "CANCEL",
        made_at=notification.due_at,
        raised_by=notification.context.get("entry", 0),
    )
    return Letter({"session": session}, calendar, "CANCEL", True, session.starts_at)


def _write_reminder(notification: Notification) -> Letter:
    invitation = invitation_of(notification)
    starts_at = invitation.session.starts_at
    if invitation.session.state != PracticeSession.State.PUBLISHED or starts_at is None:
        raise Dropped("the session was canceled")
    if starts_at.isoformat() != notification.context["starts_at"]:
        raise Dropped("the session has moved")
    if invitation.rsvp == Invitation.Rsvp.NO:
        raise Dropped("the person does not come")
    lead = leads.get(notification.context["lead"])
    return replace(letter(notification, invitation, ""), can_wait=lead.can_wait)


def letter(notification: Notification, invitation: Invitation, method: str) -> Letter:
    """Write what every message about a session says.

    The join link is for who comes. The calendar of who said no is left alone, but for a CANCEL.
    """
    session, person, now = invitation.session, invitation.person, notification.claimed_at
    starts_at, known = session.starts_at, notification.context.get("known") or {}
    if method == "REQUEST" and invitation.rsvp == Invitation.Rsvp.NO:
        method = ""
    is_on = session.state == session.State.PUBLISHED
    context: dict[str, Any] = {
        "session": session,
        "invitation": invitation,
        "answer": invitation.get_rsvp_display() if invitation.rsvp else "",
        "answers": _answers(invitation) if is_on else [],
        "has_entry": bool(method),
        "join_url": invitation.join_url,
        "zone": person.time_zone,
        "was": news.was(session, known.get("times"), person.time_zone),
        "page_url": settings.SITE_URL + session.get_absolute_url(),
        "starts": zones.start_in_words(starts_at, person.time_zone, now) if starts_at else "",
    }
    calendar = None
    if method:
        guest = Guest(str(person), person.email, _PARTSTAT[invitation.rsvp])
        words = _("An answer in your calendar program does not reach us. Answer here: %(url)s")
        calendar = ical.invitation(
            session,
            guest,
            method,
            context["join_url"],
            made_at=notification.due_at,
            note=words % {"url": context["page_url"]},
            raised_by=invitation.sequence,
        )
    can_wait = notification.kind in _CAN_WAIT
    return Letter(context, calendar, method or "REQUEST", can_wait, session.starts_at)


def _answers(invitation: Invitation) -> list[dict[str, str]]:
    """Return the answers that the reader has not given, each with the link that gives it."""
    words = {"yes": _("Yes, I am coming"), "no": _("No, I am not"), "maybe": _("Maybe")}
    return [
        {"label": str(label), "url": answer_links.url(invitation, word)}
        for word, label in words.items()
        if word != invitation.rsvp
    ]


# Nobody has to be woken by these; shortly before the session they come at any hour.
_CAN_WAIT = {*_NEWS, "sessions/freed"}
_TITLES = {
    "invited": _("Invitation to a session"),
    "moved": _("New time of a session"),
    "relinked": _("New join link of a session"),
    "reinstated": _("Session on again"),
    "cancelled": _("Session canceled"),
}
_SESSIONS = PracticeSession.objects.select_related("community")
ROWS = Invitation.objects.select_related("session__community", "person")
register(
    *(
        Kind(f"sessions/{word}", Category.CHANGES, _write_news, "invitation", ROWS, _TITLES[word])
        for word in _WORDS
    ),
    Kind(
        "sessions/left",
        Category.CHANGES,
        _write_left,
        "session",
        _SESSIONS,
        _("Session of a community that was left"),
    ),
    Kind(
        "sessions/reminder",
        Category.REMINDERS,
        _write_reminder,
        "invitation",
        ROWS,
        _("Reminder of a session"),
        replaces=True,
    ),
)


def _named(slug: str) -> Subject | None:
    session = PracticeSession.objects.filter(slug=slug).first()
    return subject(session) if session else None


subjects.register("session", _named)
