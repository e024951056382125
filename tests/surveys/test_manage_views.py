"""Organisers open waves, invite, and see who has answered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications.models import Notification
from surveys.models import Response, Survey, Wave
from tests.factories import (
    make_agency,
    make_answer,
    make_community,
    make_question,
    make_response,
    make_survey,
    make_wave,
)
from tests.surveys.scenes import (
    make_closed_response,
    make_coordinator,
    make_open_response,
    signed_in,
)

TOMORROW = date.today() + timedelta(days=1)  # noqa: DTZ011 days of forms, any zone will do


def plan(survey: Survey, **fields: Any) -> dict[str, Any]:
    """Return the form of a wave that opens tomorrow for a week."""
    return {
        "survey": survey.pk,
        "title": "Practice survey 2027",
        "opens_on": f"{TOMORROW}",
        "opens_clock": "09:00",
        "closes_on": f"{TOMORROW + timedelta(days=7)}",
        "closes_clock": "17:00",
        "time_zone": "America/Denver",
    } | fields


def path(response: Response, act: str = "") -> str:
    """Return the address of one of a wave's pages."""
    return f"/manage/surveys/{response.wave.slug}/{act}"


@pytest.mark.parametrize("act", ["", "new/", "wave/", "wave/reopen/a/"])
def test_only_organisers_look(act: str, staff: User) -> None:
    answers = [client.get(f"/manage/surveys/{act}") for client in (Client(), signed_in(staff))]

    assert [answer.status_code for answer in answers] == [302, 403]


@pytest.mark.parametrize("act", ["invite/", "extend/", "close/", "reopen/a/"])
def test_only_organisers_act(act: str, staff: User) -> None:
    response = make_open_response()

    answer = signed_in(staff).post(path(response, act))

    assert (answer.status_code, Notification.objects.count()) == (403, 0)


def test_a_wave_asks_the_agencies_that_fit(organiser_client: Client) -> None:
    survey, member = make_question().survey, make_agency(state="CA")
    elsewhere = make_agency(state="TX")
    named, _ = make_agency(state="NY"), make_agency(state="CA")
    community = make_community(member, elsewhere)

    answer = organiser_client.post(
        "/manage/surveys/new/",
        plan(survey, states=["CA"], communities=[community.pk], agencies=[named.pk]),
    )

    wave = Wave.objects.get()
    assert answer["Location"] == "/manage/surveys/practice-survey-2027/"
    assert {response.agency for response in wave.responses.all()} == {member, named}
    assert (wave.opens_at.astimezone(wave.zone).hour, wave.is_demo) == (9, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"closes_on": "2020-01-01"}, "The survey must close after it opens."),
        ({"levels": ["county"]}, "No agency fits these choices."),
        ({"title": ""}, "This field is required."),
        ({"opens_on": "2027-03-14", "opens_clock": "02:30"}, "The clocks skip this time"),
        ({"opens_on": "tomorrow"}, "Enter a valid date."),
        ({"agencies": ["x"]}, "is not a valid value."),
    ],
)
def test_a_wave_that_cannot_be_says_why(
    organiser_client: Client, changes: dict[str, Any], said: str
) -> None:
    form = plan(make_survey(), levels=["city"]) | changes
    make_agency()

    answer = organiser_client.post("/manage/surveys/new/", form)

    assert (answer.status_code, Wave.objects.count()) == (200, 0)
    assert said in answer.content.decode()


def test_demonstration_agencies_stay_among_themselves(organiser_client: Client) -> None:
    real, demo = make_agency(), make_agency(is_demo=True)

    form = plan(make_survey(), agencies=[real.pk, demo.pk])
    answer = organiser_client.post("/manage/surveys/new/", form)

    assert b"Demonstration agencies cannot be asked with real ones." in answer.content


def test_inviting_owes_each_coordinator_one_mail(organiser_client: Client) -> None:
    response = make_open_response()
    coordinator = make_coordinator(response)

    for _ in range(2):
        organiser_client.post(path(response, "invite/"))

    assert [one.recipient for one in Notification.objects.all()] == [coordinator]
    shown = organiser_client.get(path(response)).content.decode()
    assert "1 coordinator is invited now." in shown


def test_a_closed_wave_invites_nobody(organiser_client: Client) -> None:
    response = make_closed_response()
    make_coordinator(response)

    answer = organiser_client.post(path(response, "invite/"), follow=True)

    assert b"Give it a later closing time first." in answer.content
    assert Notification.objects.count() == 0


def test_extending_gives_more_time_in_the_waves_zone(organiser_client: Client) -> None:
    response = make_closed_response()
    form = {"closes_on": f"{TOMORROW + timedelta(days=30)}", "closes_clock": "17:00"}

    organiser_client.post(path(response, "extend/"), form)

    wave = Wave.objects.get()
    assert wave.is_open(datetime.now(UTC))
    assert wave.closes_at.astimezone(wave.zone).hour == 17


@pytest.mark.parametrize(
    ("day", "said"), [("2020-01-01", "after the present closing time"), ("x", "valid date")]
)
def test_extending_says_what_cannot_be(organiser_client: Client, day: str, said: str) -> None:
    response = make_open_response()

    answer = organiser_client.post(
        path(response, "extend/"), {"closes_on": day, "closes_clock": "17:00"}
    )

    assert said in answer.content.decode()
    assert Wave.objects.get().closes_at == response.wave.closes_at


def test_closing_is_for_open_waves(organiser_client: Client) -> None:
    response = make_open_response()

    said = [
        organiser_client.post(path(response, "close/"), follow=True).content.decode()
        for _ in range(2)
    ]

    assert "Closed. Nobody is reminded any more." in said[0]
    assert "Only a survey that is open can be closed." in said[1]


def test_reopening_needs_a_reason(organiser_client: Client, organiser: User) -> None:
    now = datetime.now(UTC)
    response = make_open_response()
    Response.objects.update(state="submitted", submitted_at=now)
    address = path(response, f"reopen/{response.agency.slug}/")

    without = organiser_client.post(address, {"reason": " "})
    shown = organiser_client.post(address, {"reason": "A typo."}, follow=True)

    assert b"This field is required." in without.content
    assert b"can change its answers; its coordinators get your reason" in shown.content
    assert [r.reopened_by for r in response.reopenings.all()] == [organiser]
    review = signed_in(make_coordinator(response)).get(f"/surveys/{response.wave.slug}/review/")
    assert b"A typo." in review.content


def test_reopening_after_the_end_says_what_to_do_first(organiser_client: Client) -> None:
    response = make_closed_response()
    Response.objects.update(state="submitted", submitted_at=datetime.now(UTC))

    answer = organiser_client.post(
        path(response, f"reopen/{response.agency.slug}/"), {"reason": "Late"}, follow=True
    )

    assert b"The survey is not open. Give it a later closing time first." in answer.content


def test_detail_says_who_is_how_far_by_section(organiser_client: Client) -> None:
    response = make_open_response()
    survey = response.wave.survey
    make_answer(response, make_question(survey, section="basics"), "x")
    make_question(survey, section="basics")
    make_question(survey, section="more")

    shown = organiser_client.get(path(response)).content.decode()

    cells = [
        'data-label="Answered">1/3<',
        'data-label="1 Basics">1/2<',
        'data-label="2 More">0/1<',
        "No coordinator",
        "In progress",
    ]
    assert [cell in shown for cell in cells] == [True] * 5


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_much_for_many(
    organiser_client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        make_open_response()

    with django_assert_num_queries(4):
        shown = organiser_client.get("/manage/surveys/")

    assert shown.content.count(b"/manage/surveys/wave-") == count


@pytest.mark.parametrize("count", [1, 3])
def test_detail_asks_as_much_for_many(
    organiser_client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    wave = make_wave()
    question = make_question(wave.survey)
    for _ in range(count):
        response = make_response(wave)
        make_answer(response, question, "x")
        response.invitations.create(person=make_coordinator(response), invited_at=wave.opens_at)

    with django_assert_num_queries(10):
        shown = organiser_client.get(f"/manage/surveys/{wave.slug}/")

    assert shown.content.count(b">1/1<") == 2 * count


def test_detail_pages_its_agencies(organiser_client: Client) -> None:
    wave = make_wave()
    for _ in range(51):
        make_response(wave)

    counts = [
        organiser_client.get(f"/manage/surveys/{wave.slug}/?page={page}").content.count(
            b'<tr><th scope="row">'
        )
        for page in ("1", "2", "silly", "999")
    ]

    assert counts == [50, 1, 50, 1]
