"""Who was not told yet hears what is news to them, and nothing of what came and went."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications import delivering
from sessions import scheduling as session_scheduling
from sessions.models import PracticeSession
from tests.factories import make_webinar
from tests.postbox import Postbox
from tests.sessions.conftest import Circle
from tests.sessions.test_messages import announced
from tests.sessions.test_messages import change as change_session
from tests.webinars.test_messages import SOON, details, register, words_of
from tests.webinars.test_speakers import make_speaker
from webinars import scheduling
from webinars.models import Webinar

REASON = "A storm"
LATER = {"later": timedelta(days=1), "latest": timedelta(days=2), "back": timedelta(0)}
STORIES = [
    (["later", "back"], []),
    (["cancel", "reinstate"], []),
    (["later", "cancel", "reinstate"], ["New time"]),
    (["later", "latest"], ["New time"]),
    (["later", "cancel"], ["Canceled"]),
    (["later", "send", "cancel", "reinstate", "back"], ["New time", "New time"]),
    (["cancel", "send", "reinstate", "later"], ["Canceled", "On again"]),
    (["cancel", "send", "reinstate", "cancel"], ["Canceled"]),
]


@pytest.fixture(autouse=True)
def _always_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can wait for the morning does not, at whatever hour the tests run."""
    monkeypatch.setattr(delivering, "DAY", range(24))


def times(days: timedelta) -> dict[str, Any]:
    """Return an hour so long after the first plan."""
    return {"starts_at": SOON + days, "ends_at": SOON + days + timedelta(hours=1)}


def to_webinar(step: str) -> None:
    """Do one step to the only webinar."""
    webinar, now = Webinar.objects.get(), datetime.now(UTC)
    if step == "send":
        delivering.drain()
    elif step in LATER:
        plan = details(webinar, **times(LATER[step]))
        scheduling.change(webinar=webinar, details=plan, topics=[], reason=REASON, now=now)
    else:
        getattr(scheduling, step)(webinar=webinar, reason=REASON, now=now)


def to_session(step: str) -> None:
    """Do one step to the only session."""
    session, now = PracticeSession.objects.get(), datetime.now(UTC)
    if step == "send":
        delivering.drain()
    elif step in LATER:
        change_session(session, **times(LATER[step]))
    else:
        getattr(session_scheduling, step)(session=session, reason=REASON, now=now)


def heard(postbox: Postbox, address: str) -> list[str]:
    """Send what is owed; return which news came to this address."""
    delivering.drain()
    mails = [one for one in postbox.received if one["To"] == address]
    return [str(one["Subject"]).partition(":")[0] for one in mails]


@pytest.mark.parametrize(("steps", "subjects"), STORIES)
def test_people_and_speakers_of_a_webinar_hear_what_they_do_not_know(
    postbox: Postbox, steps: list[str], subjects: list[str]
) -> None:
    webinar = make_webinar(**times(timedelta(0)))
    person, speaker = register(webinar), make_speaker(webinar)
    delivering.drain()
    postbox.received.clear()

    for step in steps:
        to_webinar(step)

    found = [heard(postbox, address) for address in (person.email, speaker.email)]
    assert found == [subjects, subjects]


@pytest.mark.parametrize(("steps", "subjects"), STORIES)
def test_people_of_a_session_hear_what_they_do_not_know(
    circle: Circle, postbox: Postbox, steps: list[str], subjects: list[str]
) -> None:
    announced(circle, **times(timedelta(0)))
    delivering.drain()
    postbox.received.clear()

    for step in steps:
        to_session(step)

    assert heard(postbox, circle.member.email) == subjects


@pytest.mark.parametrize(
    ("steps", "subjects"),
    [
        (["later"], ["You are invited"]),
        (["cancel"], []),
        (["cancel", "reinstate", "later"], ["You are invited"]),
    ],
)
def test_who_was_not_invited_yet_is_invited_to_what_holds(
    circle: Circle, postbox: Postbox, steps: list[str], subjects: list[str]
) -> None:
    announced(circle, **times(timedelta(0)))

    for step in steps:
        to_session(step)

    assert heard(postbox, circle.member.email) == subjects


def test_new_time_is_compared_with_the_one_that_was_told(postbox: Postbox) -> None:
    webinar = make_webinar(**times(timedelta(0)))
    person = register(webinar)
    delivering.drain()

    for step in ("later", "latest"):
        to_webinar(step)
    delivering.drain()

    words = words_of(postbox.received[-1])
    assert (postbox.received[-1]["To"], f"It was {SOON:%A, %B} {SOON.day}" in words) == (
        person.email,
        True,
    )
