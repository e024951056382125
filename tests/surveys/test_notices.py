"""What a survey's messages say, and whom they reach."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from django.test import override_settings

from agencies.models import Membership
from notifications import delivering, outbox
from notifications.models import Notification
from surveys import fielding, notices, submitting
from surveys.models import Response, Survey
from tests.factories import make_answer, make_question, make_user
from tests.postbox import Postbox
from tests.surveys.scenes import make_coordinator, make_open_response


@pytest.fixture
def response() -> Response:
    """An agency that is asked in a wave that is open now."""
    response = make_open_response()
    response.wave.title = "Practice <survey> & more"
    response.wave.save()
    return response


def parts(message: EmailMessage) -> list[str]:
    """Return the text and the HTML."""
    return [message.get_body([kind]).get_content() for kind in ("plain", "html")]  # type: ignore[union-attr] # both are there


@override_settings(SITE_URL="https://portal.example.org")
def test_the_invitation_says_for_whom_until_when_and_where(
    response: Response, postbox: Postbox
) -> None:
    Survey.objects.update(public_records_note="Answers may be public records.")
    coordinator = make_coordinator(response)
    fielding.invite(wave=response.wave, now=datetime.now(UTC))

    delivering.drain()

    [message] = postbox.received
    text, html = parts(message)
    address = f"{response.wave.get_absolute_url()}?agency={response.agency.slug}"
    assert message["To"] == coordinator.email
    assert message["Subject"] == "Please answer: Practice <survey> & more"
    assert f"https://portal.example.org{address}" in text
    assert [response.agency.name in part for part in (text, html)] == [True, True]
    assert "Nothing is answered yet." in text
    assert ["Practice &lt;survey&gt;" in html, "<survey>" in html] == [True, False]
    assert ["Answers may be public records." in part for part in (text, html)] == [True, True]


def test_a_reminder_says_how_far_the_agency_is(response: Response, postbox: Postbox) -> None:
    now = datetime.now(UTC)
    make_answer(response, make_question(response.wave.survey), "x")
    make_question(response.wave.survey)
    reminder = notices.reminder(
        response, make_coordinator(response), "week", now, response.wave.closes_at
    )
    outbox.queue([reminder])

    delivering.drain()

    [message] = postbox.received
    assert str(message["Subject"]).startswith("Reminder, open until ")
    assert ["1 of 2 questions are answered so far." in part for part in parts(message)] == [
        True,
        True,
    ]


def test_the_reason_for_reopening_arrives(response: Response, postbox: Postbox) -> None:
    now = datetime.now(UTC)
    coordinator = make_coordinator(response)
    submitting.submit(response=response, by=coordinator, now=now)
    submitting.reopen(response=response, reason="The <year> is off.", by=make_user(), now=now)

    delivering.drain()

    [message] = postbox.received
    text, html = parts(message)
    assert message["Subject"] == "You can change your answers again: Practice <survey> & more"
    assert ["The <year> is off." in text, "The &lt;year&gt; is off." in html] == [True, True]


def owe(response: Response, lead: str = "week") -> None:
    """Owe a coordinator a reminder."""
    now = datetime.now(UTC)
    person = make_coordinator(response)
    outbox.queue([notices.reminder(response, person, lead, now, response.wave.closes_at)])


@pytest.mark.parametrize(
    ("change", "lead", "reason"),
    [
        ("submitted", "week", "the agency has answered"),
        ("stepped down", "week", "the person does not coordinate this agency any more"),
        ("gone", "week", "the agency is not asked any more"),
        ("looked", "unopened", "the agency has opened it"),
    ],
)
def test_the_last_look_drops_what_has_lost_its_point(
    response: Response, postbox: Postbox, change: str, lead: str, reason: str
) -> None:
    owe(response, lead)
    now = datetime.now(UTC)
    acts: dict[str, Callable[[], object]] = {
        "submitted": lambda: Response.objects.update(state="submitted", submitted_at=now),
        "stepped down": lambda: Membership.objects.update(role=Membership.Role.STAFF),
        "gone": response.delete,
        "looked": lambda: Response.objects.update(opened_at=now),
    }
    acts[change]()

    delivering.drain()

    assert (postbox.received, Notification.objects.get().reason) == ([], reason)


def test_looking_does_not_stop_the_later_reminders(response: Response, postbox: Postbox) -> None:
    owe(response, "day")
    Response.objects.update(opened_at=datetime.now(UTC))

    delivering.drain()

    assert len(postbox.received) == 1
