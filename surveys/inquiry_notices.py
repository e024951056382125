"""The messages about what agencies ask each other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from surveys.models import Inquiry
from surveys.permissions import may_speak

Notice = Callable[[Inquiry, User, datetime], Notification]
USEFUL_FOR = timedelta(days=30)


def asked(inquiry: Inquiry, person: User, now: datetime) -> Notification:
    """Bring a question to a coordinator of the agency that is asked."""
    return _owed("inquiry", inquiry, person, now)


def reminder(inquiry: Inquiry, person: User, now: datetime) -> Notification:
    """Remind a coordinator of a question that still waits; owed once."""
    return _owed("inquiry-reminder", inquiry, person, now)


def unreached(inquiry: Inquiry, person: User, now: datetime) -> Notification:
    """Ask an organiser to pass a question on, as no mail reaches who speaks for the agency."""
    return _owed("inquiry-unreached", inquiry, person, now)


def settled(inquiry: Inquiry, person: User, now: datetime) -> Notification:
    """Bring who asked what the agency says, or that it would rather not say."""
    return _owed("inquiry-answer", inquiry, person, now)


def removed(inquiry: Inquiry, person: User, now: datetime) -> Notification:
    """Tell one of the two sides that the organisers removed the question, and why."""
    return _owed("inquiry-removed", inquiry, person, now)


def about(inquiry: Inquiry) -> str:
    """Return what a change to this question withdraws its messages by."""
    return f"inquiry/{inquiry.pk}"


def _owed(word: str, inquiry: Inquiry, person: User, now: datetime) -> Notification:
    return Notification(
        key=f"survey-{word}/{inquiry.pk}/{person.pk}",
        kind=f"surveys/{word}",
        category=Category.QUESTIONS,
        about=about(inquiry),
        recipient=person,
        context={"inquiry": inquiry.pk},
        due_at=now,
        useful_until=now + USEFUL_FOR,
    )


def _found(notification: Notification) -> Inquiry:
    inquiry: Inquiry | None = notification.found
    if inquiry is None:
        raise Dropped("the question does not exist any more")
    return inquiry


def _write_asked(notification: Notification) -> Letter:
    """Write to who speaks for the agency that is asked, while the question waits."""
    inquiry = _found(notification)
    if not inquiry.is_open:
        raise Dropped("the question does not wait any more")
    person = notification.recipient
    if person is None or not may_speak(person, inquiry.answer.response):
        raise Dropped("the person does not coordinate this agency any more")
    return _letter(inquiry)


def _write_unreached(notification: Notification) -> Letter:
    inquiry = _found(notification)
    if not inquiry.is_open:
        raise Dropped("the question does not wait any more")
    if notification.recipient is None or not notification.recipient.is_organiser:
        raise Dropped("the person is no organizer any more")
    return _letter(inquiry)


def _write_settled(notification: Notification) -> Letter:
    inquiry = _found(notification)
    if inquiry.removed_at:
        raise Dropped("the question was removed")
    _refuse_outsiders(notification, inquiry)
    return _letter(inquiry)


def _write_removed(notification: Notification) -> Letter:
    inquiry = _found(notification)
    _refuse_outsiders(notification, inquiry)
    return _letter(inquiry)


def _refuse_outsiders(notification: Notification, inquiry: Inquiry) -> None:
    person = notification.recipient
    if person is None or not Inquiry.objects.visible_to(person).filter(pk=inquiry.pk).exists():
        raise Dropped("the person does not belong to the agency any more")


def _letter(inquiry: Inquiry) -> Letter:
    """Name the question of the survey, never what the agency answered to it."""
    response = inquiry.answer.response
    context: dict[str, Any] = {
        "inquiry": inquiry,
        "practice": inquiry.answer.question,
        "agency": response.agency,
        "wave": response.wave,
        "asker": inquiry.asked_by,
        "asking": inquiry.agency.name if inquiry.agency else settings.SITE_NAME,
        "url": settings.SITE_URL + inquiry.get_absolute_url(),
    }
    return Letter(context, can_wait=True, url=context["url"])


_ROWS = Inquiry.objects.with_cell()
register(
    *(
        Kind(f"surveys/{word}", Category.QUESTIONS, write, "inquiry", _ROWS, title)
        for word, write, title in (
            ("inquiry", _write_asked, _("Question to an agency")),
            ("inquiry-reminder", _write_asked, _("Reminder of a question to an agency")),
            ("inquiry-unreached", _write_unreached, _("Question that reaches nobody")),
            ("inquiry-answer", _write_settled, _("Answer of an agency")),
            ("inquiry-removed", _write_removed, _("Question removed")),
        )
    ),
)
