"""Which refusals make an address rest, and what may be sent to it all the same."""

from datetime import datetime, timedelta

import pytest

from notifications import suppressing
from notifications.models import Category, Notification, SoftBounce, Suppression
from notifications.suppressing import Reason
from tests.factories import NOW, make_user

ADDRESS = "Dana.Reader@Example.org"


def _message(attempts: int = 1) -> Notification:
    return Notification.objects.create(
        key=f"test/{Notification.objects.count()}",
        kind="tests/plain",
        category=Category.CHANGES,
        recipient=make_user(),
        address=ADDRESS,
        due_at=NOW,
        attempts=attempts,
    )


@pytest.mark.parametrize(
    ("code", "words", "reason"),
    [
        (550, "550 no such mailbox", Reason.BOUNCE),
        (550, "550 5.1.1 unknown", Reason.BOUNCE),
        (550, "550 5.7.1 relaying denied", None),  # our own settings are wrong
        (554, "554 5.4.4 no route to host", None),
        (552, "552 5.2.2 mailbox full", None),  # once is not enough
        (450, "450 4.1.1 unknown for now", None),
    ],
)
def test_one_refusal(code: int, words: str, reason: str | None, now: datetime) -> None:
    suppressing.note_refusal(_message(), code, words, now=now)

    found = Suppression.objects.values_list("reason", flat=True).first()
    assert found == reason


@pytest.mark.parametrize(
    ("code", "attempts", "days_apart", "rests"),
    [
        (552, 1, 6, True),
        (552, 1, 7, False),  # the first of the three is two weeks old
        (452, suppressing.SOFT_AFTER, 1, True),
        (452, suppressing.SOFT_AFTER - 1, 1, False),  # servers hold strangers off at first
    ],
)
def test_third_soft_bounce_in_two_weeks_makes_the_address_rest(
    code: int, attempts: int, days_apart: int, rests: bool, now: datetime
) -> None:
    for number in range(3):
        later = now + timedelta(days=number * days_apart)
        suppressing.note_refusal(_message(attempts), code, f"{code} mailbox full", now=later)

    assert bool(suppressing.why(ADDRESS.lower(), Category.ACCOUNT)) == rests


def test_message_refused_again_and_again_is_one_soft_bounce(now: datetime) -> None:
    message = _message(suppressing.SOFT_AFTER)

    for _ in range(3):
        suppressing.note_refusal(message, 452, "452 mailbox full", now=now)

    assert SoftBounce.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "category", "rests"),
    [
        (Reason.ORGANISER, Category.NEWS, True),
        (Reason.ORGANISER, Category.ACCOUNT, False),
        (Reason.ORGANISER, Category.CHANGES, False),
        (Reason.COMPLAINT, Category.ACCOUNT, True),
        (Reason.BOUNCE, Category.CHANGES, True),
    ],
)
def test_service_mail_obeys_only_bounces_and_complaints(
    reason: Suppression.Reason, category: str, rests: bool, now: datetime
) -> None:
    suppressing.suppress(address=ADDRESS, reason=reason, now=now)

    assert bool(suppressing.why(ADDRESS, category)) == rests


def test_graver_reason_takes_the_place_of_the_organisers(now: datetime) -> None:
    for reason in (Reason.ORGANISER, Reason.COMPLAINT, Reason.ORGANISER):
        suppressing.suppress(address=ADDRESS, reason=reason, now=now)

    assert [row.reason for row in Suppression.objects.all()] == [Reason.COMPLAINT]


def test_address_that_is_allowed_again_starts_anew(now: datetime) -> None:
    for _ in range(3):
        suppressing.note_refusal(_message(), 552, "552 mailbox full", now=now)

    answers = [suppressing.allow(address=ADDRESS) for _ in range(2)]
    suppressing.note_refusal(_message(), 552, "552 mailbox full", now=now)

    assert (answers, suppressing.why(ADDRESS, Category.NEWS)) == ([True, False], "")
