"""What a survey's messages say, and whom they reach."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import override_settings
from django.utils.html import escape

from accounts.models import User
from agencies.models import Membership
from notifications import delivering, outbox
from notifications.models import Notification
from surveys import assigning, fielding, notices, signing_off, submitting, wording
from surveys.models import Response, SectionWork, Survey
from tests.factories import make_answer, make_member, make_question, make_user
from tests.postbox import Postbox
from tests.surveys.scenes import make_coordinator, make_open_response

EARLIER = datetime.now(UTC) - timedelta(minutes=30)


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
        ("stepped down", "week", "nothing waits for the person any more"),
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


@pytest.fixture
def work(response: Response) -> SectionWork:
    """A section that Dana has, given by Casey and returned by Kim."""
    section = make_question(response.wave.survey, section="money").section
    people = [make_member(response.agency, name=name) for name in ("Dana", "Casey", "Kim")]
    return SectionWork.objects.create(
        response=response,
        section=section,
        owner=people[0],
        note="By <May>.",
        given_at=EARLIER,
        given_by=people[1],
        stage="returned",
        staged_at=EARLIER,
        staged_by=people[2],
        readied_by=people[0],
        reason="The <year> is off.",
    )


@override_settings(SITE_URL="https://portal.example.org")
@pytest.mark.parametrize(
    ("word", "subject", "said"),
    [
        ("given", "Yours to fill in: Money (", ["Money", "(Casey)", "By <May>."]),
        ("returned", "Please look again: Money (", ["Money", "(Kim)", "The <year> is off."]),
    ],
)
def test_what_a_section_is_about_and_where_it_leads(
    work: SectionWork, postbox: Postbox, word: str, subject: str, said: list[str]
) -> None:
    person = work.owner
    assert person
    outbox.queue([getattr(notices, word)(work, person, EARLIER)])

    delivering.drain()

    [message] = postbox.received
    text, html = parts(message)
    assert str(message["Subject"]).startswith(subject)
    assert [one in text for one in said] == [True] * len(said)
    assert [escape(one) in html for one in said] == [True] * len(said)
    address = f"https://portal.example.org/surveys/{work.response.wave.slug}/respond/"
    assert [address in part for part in (text, html)] == [True, True]


@pytest.mark.parametrize(
    ("word", "change"),
    [
        ("given", {"owner": None}),
        ("returned", {"stage": "ready"}),
    ],
)
def test_what_has_changed_hands_is_not_sent(
    work: SectionWork, postbox: Postbox, word: str, change: dict[str, object]
) -> None:
    person = work.owner
    assert person
    outbox.queue([getattr(notices, word)(work, person, EARLIER)])
    SectionWork.objects.update(**change)

    delivering.drain()

    reason = "the sections are in other hands or further on"
    assert (postbox.received, Notification.objects.get().reason) == ([], reason)


@pytest.mark.parametrize(("minutes", "mails"), [((1, 9), [2]), ((1, 9, 21), [2, 1])])
def test_each_section_reaches_its_reader_with_its_reason(
    response: Response, postbox: Postbox, minutes: Sequence[int], mails: list[int]
) -> None:
    dana, casey = make_member(response.agency), make_coordinator(response)
    hour = EARLIER.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    for number, minute in enumerate(minutes):
        section = make_question(response.wave.survey, section=f"part-{number}").section
        now = hour + timedelta(minutes=minute)
        act: dict[str, Any] = {"response": response, "section": section, "now": now}
        assigning.give(**act, to=dana, note=f"Note {number}.", by=casey)
        signing_off.mark_ready(**act, by=dana)
        signing_off.send_back(**act, reason=f"Reason {number}.", by=casey)

    delivering.drain()

    texts = [parts(one) for one in postbox.received if one["To"] == dana.email]
    for word in ("Note", "Reason"):
        found = [{m for p in both for m in re.findall(rf"{word} \d\.", p)} for both in texts]
        assert [len(words) for words in found if words] == mails
        assert {one for words in found for one in words} == {
            f"{word} {number}." for number in range(len(minutes))
        }


def call_ready(response: Response, minutes: list[int]) -> User:
    """Let Kim call sections ready at these minutes of the hour before; return who reviews."""
    kim, reviewer = make_member(response.agency, name="Kim"), make_coordinator(response)
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    for number, minute in enumerate(minutes):
        section = make_question(response.wave.survey, section=f"part-{number}").section
        section.title = f"<Part> {number}"
        section.save()
        now = hour + timedelta(minutes=minute)
        signing_off.mark_ready(response=response, section=section, by=kim, now=now)
    return reviewer


@override_settings(SITE_URL="https://portal.example.org")
@pytest.mark.parametrize(
    ("minutes", "subject", "leads"),
    [
        ([1], "Ready for sign-off: <Part> 0 (", "sections/part-0/"),
        ([1, 9], "Ready for sign-off: 2 sections (", "overview/"),
    ],
)
def test_what_is_ready_comes_in_one_message(
    response: Response, postbox: Postbox, minutes: list[int], subject: str, leads: str
) -> None:
    reviewer = call_ready(response, minutes)

    delivering.drain()

    [message] = postbox.received
    text, html = parts(message)
    assert message["To"] == reviewer.email
    assert str(message["Subject"]).startswith(subject)
    assert [f"- <Part> {n} (Kim)" in text for n in range(len(minutes))] == [True] * len(minutes)
    assert [f"&lt;Part&gt; {n} (Kim)" in html for n in range(2)] == [True, len(minutes) == 2]
    assert f"https://portal.example.org/surveys/{response.wave.slug}/{leads}" in text


def test_what_is_ready_later_is_told_of_again(response: Response) -> None:
    call_ready(response, [1, 9, 11])

    due = [one.due_at.minute for one in Notification.objects.order_by("due_at")]
    assert due == [11, 21]


def test_what_is_ready_no_more_is_not_sent(response: Response, postbox: Postbox) -> None:
    call_ready(response, [1])
    SectionWork.objects.update(stage="open")

    delivering.drain()

    reason = "the sections are in other hands or further on"
    assert (postbox.received, Notification.objects.get().reason) == ([], reason)


def extend(response: Response) -> datetime:
    """Give an agency that was invited more time; return until when."""
    person, now = make_coordinator(response), datetime.now(UTC)
    response.invitations.create(person=person, invited_at=now - timedelta(days=1))
    until = response.closes_at + timedelta(days=10)
    fielding.extend_one(response=response, closes_at=until, now=now)
    return until


def test_more_time_arrives_with_the_new_deadline(response: Response, postbox: Postbox) -> None:
    until = extend(response)

    delivering.drain()

    [message] = postbox.received
    day = wording.day(response.wave, until)
    assert message["Subject"] == f"More time, open until {day}: Practice <survey> & more"
    assert ["You have more time: " in part for part in parts(message)] == [True, True]
    assert [day in part for part in parts(message)] == [True, True]


@pytest.mark.parametrize("change", ["submitted", "moved again", "closed"])
def test_more_time_that_is_over_is_not_told(
    response: Response, postbox: Postbox, change: str
) -> None:
    until = extend(response)
    now = datetime.now(UTC)
    if change == "submitted":
        Response.objects.update(state="submitted", submitted_at=now)
    elif change == "moved again":
        Response.objects.update(extended_until=until + timedelta(days=1))
    else:
        fielding.close(wave=response.wave, reason="", now=now)

    delivering.drain()

    reasons = {
        "submitted": "the agency has answered",
        "moved again": "the deadline has moved again",
        "closed": "the survey was closed",
    }
    told = Notification.objects.get(kind="surveys/extended")
    assert (postbox.received, told.reason) == ([], reasons[change])
