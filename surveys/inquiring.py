"""Ask another agency about an answer that it shares, and answer such a question."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import visitors
from accounts.models import User
from agencies import membership
from agencies.models import Agency
from notifications import outbox, resting
from notifications.models import Category
from surveys import inquiry_notices as notices
from surveys.models import Answer, Inquiry

PER_DAY = 10  # questions of one person in 24 hours
DAY = timedelta(days=1)
REMIND_AFTER = timedelta(days=7)
AT_ONCE = 500  # reminders in one go; the next minute takes the next
State = Inquiry.State


class TooMany(Exception):
    """The person has asked as much as one may within a day."""


class NobodyToAsk(Exception):
    """Nobody speaks for the agency on the portal, so that a question would reach nobody."""


class Settled(Exception):
    """Somebody answered or declined it meanwhile, or it was removed; `inquiry` is as it is now."""

    def __init__(self, inquiry: Inquiry) -> None:
        super().__init__("the inquiry is settled")
        self.inquiry = inquiry


@transaction.atomic
def ask(
    *, answer: Answer, agency: Agency, text: str, operation: UUID, by: User, now: datetime
) -> Inquiry:
    """Put a question to who speaks for the answer's agency; the same press again asks nothing more.

    `agency` is the one for which the person asks. Raises TooMany or NobodyToAsk.
    """
    _hold(by)
    asked = Inquiry.objects.filter(asked_by=by)
    if known := asked.filter(operation=operation).first():
        return known
    if asked.filter(asked_at__gt=now - DAY).count() >= PER_DAY:
        raise TooMany
    if not membership.coordinators(answer.response.agency):
        raise NobodyToAsk
    inquiry = Inquiry.objects.create(
        answer=answer, agency=agency, text=text, operation=operation, asked_by=by, asked_at=now
    )
    _tell(inquiry, notices.asked, now)
    return inquiry


def reached(agency: Agency) -> list[User]:
    """Return who speaks for the agency and gets questions by mail; else organisers pass them on."""
    return resting.reached(membership.coordinators(agency), Category.QUESTIONS)


def can_be_told(inquiry: Inquiry) -> bool:
    """Whether who asked gets the answer by mail, and not only on the portal's page."""
    asker = inquiry.asked_by
    return (
        asker is not None
        and asker.is_active
        and bool(resting.reached([asker], Category.QUESTIONS))
        and Inquiry.objects.visible_to(asker).filter(pk=inquiry.pk).exists()
    )


@transaction.atomic
def reply(*, inquiry: Inquiry, text: str, is_note: bool, by: User, now: datetime) -> Inquiry:
    """Answer for the agency, and tell who asked; the same answer again changes nothing.

    As a note it stands beside the survey's answer from now on, for who may read that one. Raises
    Settled.
    """
    inquiry = _current(inquiry)
    if (inquiry.settled_by, inquiry.reply, inquiry.removed_at) == (by, text, None):
        return inquiry
    inquiry.reply, inquiry.is_note = text, is_note
    return _settle(inquiry, State.ANSWERED, by, now)


@transaction.atomic
def decline(*, inquiry: Inquiry, by: User, now: datetime) -> Inquiry:
    """Say for the agency that it would rather not say; declining twice changes nothing.

    Raises Settled.
    """
    inquiry = _current(inquiry)
    if inquiry.state == State.DECLINED and inquiry.removed_at is None:
        return inquiry
    return _settle(inquiry, State.DECLINED, by, now)


@transaction.atomic
def show(*, inquiry: Inquiry, is_note: bool) -> Inquiry:
    """Let the agency's answer be a practice note, or no longer. Raises Settled if it is none."""
    inquiry = _current(inquiry)
    if inquiry.state != State.ANSWERED or inquiry.removed_at is not None:
        raise Settled(inquiry)
    inquiry.is_note = is_note
    inquiry.save(update_fields=["is_note"])
    visitors.forget_pages()
    return inquiry


@transaction.atomic
def remove(*, inquiry: Inquiry, reason: str, by: User, now: datetime) -> Inquiry:
    """Take question and answer away for good reason, and tell both sides; twice changes nothing."""
    inquiry = _current(inquiry)
    if inquiry.removed_at is not None:
        return inquiry
    inquiry.removed_at, inquiry.removed_by, inquiry.removed_because = now, by, reason
    inquiry.save()
    visitors.forget_pages()
    outbox.withdraw(notices.about(inquiry), reason="the question was removed", now=now)
    people = {person.pk: person for person in _concerned(inquiry)}
    outbox.queue(notices.removed(inquiry, person, now) for person in people.values())
    return inquiry


@transaction.atomic
def queue_reminders(*, now: datetime) -> None:
    """Remind of questions that have waited for a week, once each."""
    waiting = Inquiry.objects.unreminded(now - REMIND_AFTER).select_related(
        "answer__response__agency"
    )
    due = list(waiting.select_for_update(of=("self",), no_key=True, skip_locked=True)[:AT_ONCE])
    for inquiry in due:
        _tell(inquiry, notices.reminder, now)
    Inquiry.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=now)


def _tell(inquiry: Inquiry, notice: notices.Notice, now: datetime) -> None:
    """Write to who speaks for the agency, and to the organisers if no mail reaches them."""
    agency = inquiry.answer.response.agency
    outbox.queue(notice(inquiry, person, now) for person in membership.coordinators(agency))
    if not reached(agency):
        organisers = User.objects.organisers()
        outbox.queue(notices.unreached(inquiry, person, now) for person in organisers)


def _settle(inquiry: Inquiry, state: Inquiry.State, by: User, now: datetime) -> Inquiry:
    if not inquiry.is_open:
        raise Settled(_current(inquiry))
    inquiry.state, inquiry.settled_by, inquiry.settled_at = state, by, now
    inquiry.save()
    outbox.withdraw(notices.about(inquiry), reason="the agency has answered", now=now)
    if inquiry.asked_by:
        outbox.queue([notices.settled(inquiry, inquiry.asked_by, now)])
    return inquiry


def _concerned(inquiry: Inquiry) -> Iterable[User]:
    if inquiry.asked_by:
        yield inquiry.asked_by
    yield from membership.coordinators(inquiry.answer.response.agency)


def _hold(person: User) -> None:
    """Lock the person's row: whoever counts their questions holds it, so the count stays true."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _current(inquiry: Inquiry) -> Inquiry:
    """Hold the question and read it as it is now."""
    held = Inquiry.objects.select_for_update(of=("self",), no_key=True)
    return held.with_cell().get(pk=inquiry.pk)
