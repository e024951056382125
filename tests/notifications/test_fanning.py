"""A message to everybody: owed whole or not at all, in few statements, to any number."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Membership
from events import news
from notifications.models import Category, Notification
from sessions import invitations
from sessions import reminders as session_reminders
from tests.factories import (
    NOW,
    make_agency,
    make_community,
    make_member,
    make_registration,
    make_session,
    make_user,
    make_webinar,
)
from webinars import reminders, scheduling
from webinars.models import Webinar

HELD = "FOR NO KEY UPDATE"
UNTRIED = {
    "address": "",
    "state": "pending",
    "reason": "",
    "attempts": 0,
    "faults": 0,
    "is_void": False,
    "message_id": "",
    "subject": "",
} | dict.fromkeys(
    ["next_try_at", "refused_since", "refused_at", "lease_until", "claim", "sent_at", "seen_at"]
)


def webinar_of(number: int) -> Webinar:
    """Make a webinar with so many registrants."""
    webinar = make_webinar(starts_at=NOW + timedelta(minutes=50))
    for _ in range(number):
        make_registration(webinar, make_user(), joined_at=NOW - timedelta(days=30))
    return webinar


def statements(work: Callable[[], object]) -> list[str]:
    """Return what a piece of work asks of the database."""
    with CaptureQueriesContext(connection) as asked:
        work()
    return [query["sql"] for query in asked.captured_queries]


def test_message_to_each_says_what_one_by_itself_would(now: datetime) -> None:
    webinar = webinar_of(1)
    place = webinar.registrations.get()

    known = news.of(webinar)
    scheduling.cancel(webinar=webinar, reason="", now=now)

    webinar.refresh_from_db()
    facts = Notification.objects.values()[0]
    said = {"place": place.pk, "sequence": webinar.sequence, "state": "registered"}
    assert facts == UNTRIED | {
        "id": facts["id"],
        "created_at": facts["created_at"],
        "key": f"webinar-cancelled/{place.pk}/{webinar.sequence}",
        "kind": "webinars/cancelled",
        "category": Category.CHANGES,
        "about": f"registration/{place.pk}",
        "recipient_id": place.person_id,
        "context": said | {"known": known},
        "priority": 2,
        "due_at": now,
        "useful_until": NOW + timedelta(minutes=110),
    }


@pytest.mark.parametrize("number", [5, 6])
def test_reminders_hold_the_webinar_for_few_registrants_at_once(
    number: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "BATCH", 2)
    webinar_of(number)

    asked = statements(lambda: reminders.queue_due(now=now))
    again = statements(lambda: reminders.queue_due(now=now))

    assert Notification.objects.count() == number
    assert len([one for one in asked if HELD in one]) == number // 2 + 1
    assert not [one for one in again if "INSERT" in one]


def test_thanks_come_in_few_at_once(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "BATCH", 2)
    webinar = webinar_of(5)
    ended = now - timedelta(days=1, hours=1)
    Webinar.objects.update(
        starts_at=ended - timedelta(hours=1), ends_at=ended, reminders=["thanks"]
    )

    asked = statements(lambda: reminders.queue_thanks(now=now))

    assert Notification.objects.filter(kind="webinars/thanks").count() == 5
    assert len([one for one in asked if "INSERT" in one]) == 3
    assert webinar.registrations.count() == 5


def test_sessions_reminders_hold_the_session_for_few_at_once(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_reminders, "BATCH", 2)
    agency = make_agency()
    session = make_session(make_community(agency), starts_at=now + timedelta(minutes=50))
    for _ in range(5):
        make_member(agency, role=Membership.Role.STAFF)
    invitations.invite_community(session=session, now=now - timedelta(days=30))
    session.invitations.update(rsvp="yes", answered_at=now - timedelta(days=20))

    asked = statements(lambda: session_reminders.queue_due(now=now))

    assert Notification.objects.filter(kind="sessions/reminder").count() == 5
    assert len([one for one in asked if HELD in one]) == 3


def changes(number: int) -> list[int]:
    """Return how many statements each change takes that tells so many people."""
    webinar = webinar_of(number)
    return [
        len(statements(lambda: scheduling.cancel(webinar=webinar, reason="", now=NOW))),
        len(statements(lambda: scheduling.reinstate(webinar=webinar, reason="", now=NOW))),
    ]


def test_changes_take_as_many_statements_for_many_as_for_one() -> None:
    assert changes(1) == changes(30)


def test_change_that_fails_tells_nobody(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    webinar = webinar_of(3)
    monkeypatch.setattr(scheduling, "_tell_speakers", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        scheduling.cancel(webinar=webinar, reason="", now=now)

    assert (Notification.objects.count(), Webinar.objects.get().is_cancelled) == (0, False)
