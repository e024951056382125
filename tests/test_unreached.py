"""Nothing is said to be on its way to who cannot be reached: then the organizers get it."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from notifications import suppressing
from notifications.models import Notification, Preference, Suppression
from surveys.models import Answer
from tests.browsers import Client
from tests.ciwo_portal.test_joining import person_of, told
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_webinar,
    midday,
)
from tests.surveys.scenes import make_coordinator, make_open_response, signed_in


def rest(person: User) -> None:
    """Let nothing go to the person's address."""
    bounce = Suppression.Reason.BOUNCE
    suppressing.suppress(address=person.email, reason=bounce, now=datetime.now(UTC))


def switch_off(person: User) -> None:
    """Let the person hear of no questions."""
    Preference.objects.create(person=person, category="questions", pace="off")


def said(answer: Any) -> list[str]:
    """Return what the page after a press says of it."""
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def answer() -> Answer:
    """An answer that member agencies may read."""
    response = make_response(state="submitted", submitted_at=datetime.now(UTC))
    return make_answer(response, make_question(response.wave.survey), "Always.")


@pytest.mark.parametrize("quiet", [rest, switch_off])
def test_question_that_reaches_nobody_goes_to_the_organizers(
    answer: Answer, organiser: User, quiet: Any
) -> None:
    quiet(make_coordinator(answer.response))
    client, wave = signed_in(make_member()), answer.response.wave
    cell = f"/surveys/{wave.slug}/findings/{answer.response.agency.slug}/{answer.question.key}/"

    shown = client.get(cell).content.decode()
    page = client.post(cell, {"text": "Since when?", "operation": uuid4()}, follow=True)

    owed = Notification.objects.filter(kind="surveys/inquiry-unreached")
    assert "they pass it on" in shown
    assert said(page) == [
        "No e-mail reaches who speaks for the agency. The organizers pass your question on."
    ]
    assert [message.recipient for message in owed] == [organiser]
    assert "The organizers have your question" in page.content.decode()


def test_request_that_reaches_nobody_goes_to_the_organizers(organiser: User) -> None:
    agency = make_agency(slug="alder", domain="alder.example.gov")
    rest(make_member(agency, role="coordinator"))
    client = signed_in(person_of("alder.example.gov"))

    page = client.post("/my/agency/alder/ask/", follow=True)
    people = signed_in(organiser).get("/manage/people/").context

    assert ([one.agency for one in people["waiting"]], list(people["with_coordinators"])) == (
        [agency],
        [],
    )
    assert said(page) == ["We have asked the organizers. You will get a message."]
    assert told("asked") == [organiser]


def test_who_invites_reads_which_agencies_hear_nothing(organiser_client: Client) -> None:
    response = make_open_response()
    rest(make_coordinator(response))

    page = organiser_client.post(f"/manage/surveys/{response.wave.slug}/invite/", follow=True)

    assert said(page)[1:] == [
        f"No e-mail reaches anybody of these agencies; write or call yourself: {response.agency}."
    ]


def test_who_registers_reads_that_no_confirmation_comes() -> None:
    webinar, person = make_webinar(starts_at=midday(9)), person_of("alder.example.gov")
    rest(person)

    page = signed_in(person).post(f"{webinar.get_absolute_url()}register/", follow=True)

    assert said(page) == [
        f"You are registered. No e-mail reaches {person.email}: see your place here."
    ]
