"""Who is reminded of a session when."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications import delivering
from notifications.models import Notification
from sessions import reminders, scheduling
from sessions.models import Invitation, PracticeSession
from tests.factories import make_agency, make_community, make_member, make_session, make_user
from tests.postbox import Postbox
from tests.sessions.test_messages import LINK, text_of

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def _ask(session: PracticeSession, **fields: object) -> Invitation:
    values = {"person": make_user(), "invited_at": LONG_AGO} | fields
    return Invitation.objects.create(session=session, **values)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(days=8), []),
        (timedelta(days=7), ["week"]),
        (timedelta(hours=24), ["day"]),
        (timedelta(hours=3), []),
        (timedelta(hours=1), ["hour"]),
        (timedelta(minutes=-10), []),
    ],
)
def test_reminders_are_owed_in_their_time_and_once(
    now: datetime, before: timedelta, words: list[str]
) -> None:
    _ask(make_session(starts_at=now + before))

    for _ in range(2):
        reminders.queue_due(now=now)

    assert [one.context["lead"] for one in Notification.objects.all()] == words


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({}, 1),
        ({"rsvp": "yes", "answered_at": LONG_AGO}, 1),
        ({"rsvp": "no", "answered_at": LONG_AGO}, 0),
        ({"invited_at": datetime(2026, 11, 23, 14, 55, tzinfo=UTC)}, 0),  # after it was due
    ],
)
def test_who_said_no_or_was_asked_late_is_left_alone(
    now: datetime, fields: dict[str, object], number: int
) -> None:
    _ask(make_session(starts_at=now + timedelta(minutes=50)), **fields)

    reminders.queue_due(now=now)

    assert Notification.objects.count() == number


@pytest.mark.parametrize(("days", "words"), [(8, {"week", "day"}), (5, {"day"}), (0.5, set())])
def test_notice_of_a_move_stands_for_what_was_due_before_it(
    now: datetime, days: float, words: set[str]
) -> None:
    session = make_session(starts_at=now + timedelta(days=30))
    _ask(session, person=make_user(is_organiser=True))
    start = now + timedelta(days=days)
    said = {name: getattr(session, name) for name in scheduling.Plan.__dataclass_fields__}
    said |= {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    scheduling.change(
        session=session,
        seen=session.changed_at,
        details=scheduling.Plan(**said),
        topics=[],
        parts=[],
        reason="",
        now=now,
    )

    for hours in (0, 24, max(24, days * 24 - 24)):
        reminders.queue_due(now=now + timedelta(hours=hours))

    owed = Notification.objects.filter(kind="sessions/reminder")
    assert {one.context["lead"] for one in owed} == words


def test_session_that_is_off_reminds_nobody(now: datetime) -> None:
    soon = now + timedelta(minutes=50)
    _ask(make_session(starts_at=soon, state="cancelled", cancelled_at=now))

    reminders.queue_due(now=now)

    assert Notification.objects.count() == 0


def test_reminder_goes_to_the_community_only(postbox: Postbox) -> None:
    agency = make_agency()
    starts_at = datetime.now(UTC) + timedelta(minutes=50)
    session = make_session(make_community(agency), starts_at=starts_at, join_url=LINK)
    member, facilitator = make_member(agency), make_user()
    session.community.facilitators.add(facilitator)
    for person in (member, facilitator, make_user()):
        _ask(session, person=person)
    reminders.queue_due(now=datetime.now(UTC))

    delivering.drain()

    outcomes = Notification.objects.order_by("pk").values_list("state", "reason")
    assert list(outcomes) == [
        ("sent", ""),
        ("sent", ""),
        ("cancelled", "the person does not belong to the community any more"),
    ]
    texts = {one["To"]: text_of(one) for one in postbox.received}
    assert {who: ("say yes" in text, LINK in text) for who, text in texts.items()} == {
        member.email: (True, False),
        facilitator.email: (False, True),
    }
