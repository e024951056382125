"""Organisers open waves, invite, and see who has answered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications.models import Notification
from surveys.models import Response, Survey, Wave
from tests.browsers import Client
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
    make_page,
    signed_in,
    submit,
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
        "widest_sharing": "public",
    } | fields


def open_wave(client: Client, form: dict[str, Any]) -> Any:
    """Look at whom the wave asks, then open it."""
    shown = client.post("/manage/surveys/new/", form).content.decode()
    stamp = shown.partition('name="asked" value="')[2].partition('"')[0]
    return client.post("/manage/surveys/new/", form | {"asked": stamp})


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

    answer = open_wave(
        organiser_client,
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
        ({"opens_on": "2020-01-01", "closes_on": "2020-01-08"}, "This day has passed."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"widest_sharing": ""}, "This field is required."),
        ({"widest_sharing": "all"}, "Select a valid choice."),
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
    answer = open_wave(organiser_client, form)

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
    coordinator = make_coordinator(response)
    response.invitations.create(person=coordinator, invited_at=response.wave.opens_at)
    page = organiser_client.get(path(response, "close/")).content.decode()

    said = [
        organiser_client.post(path(response, "close/"), {"reason": "Storm"}, follow=True)
        for _ in range(2)
    ]

    assert [words in page for words in ("1 agency has", "1 person who", response.agency.name)] == [
        True
    ] * 3
    assert "Closed. Nobody is reminded any more." in said[0].content.decode()
    assert "Only a survey that is open can be closed." in said[1].content.decode()
    told = Notification.objects.get(kind="surveys/closed")
    assert (told.recipient, told.context["reason"]) == (coordinator, "Storm")


def test_reopening_needs_a_reason(organiser_client: Client, organiser: User) -> None:
    now = datetime.now(UTC)
    response = make_open_response()
    Response.objects.update(state="submitted", submitted_at=now)
    address = path(response, f"reopen/{response.agency.slug}/")
    coordinator = make_coordinator(response)

    without = organiser_client.post(address, {"reason": " "})
    shown = organiser_client.post(address, {"reason": "A typo."}, follow=True)

    assert b"This field is required." in without.content
    assert b"can change its answers; its coordinators get your reason" in shown.content
    assert [r.reopened_by for r in response.reopenings.all()] == [organiser]
    review = signed_in(coordinator).get(f"/surveys/{response.wave.slug}/review/")
    assert b"A typo." in review.content


def test_reopening_says_when_nobody_can_be_told(organiser_client: Client) -> None:
    response = make_open_response()
    submit(response)

    address = path(response, f"reopen/{response.agency.slug}/")
    shown = organiser_client.post(address, {"reason": "A typo."}, follow=True).content.decode()

    assert "can change its answers, but has no coordinator who could: add one." in shown


def test_one_agency_is_reopened_after_the_end_without_opening_it_for_all(
    organiser_client: Client,
) -> None:
    response, now = make_closed_response(), datetime.now(UTC)
    Response.objects.update(state="submitted", submitted_at=now)
    address = path(response, f"reopen/{response.agency.slug}/")
    later = f"{now + timedelta(days=7):%Y-%m-%d}"
    given = {"reason": "Late", "closes_clock": "17:00"}

    more_time = organiser_client.get(path(response, f"extend/{response.agency.slug}/"))
    past = organiser_client.post(address, given | {"closes_on": "2020-01-01"})
    organiser_client.post(address, given | {"closes_on": later})

    assert more_time.status_code == 200
    assert b"Choose a time that is still to come." in past.content
    response.refresh_from_db()
    assert (response.state, response.is_open(now)) == ("draft", True)
    assert not response.wave.is_open(now)


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

    with django_assert_num_queries(12):
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


def test_the_list_of_agencies_is_looked_at_before_anything_is_saved(
    organiser_client: Client,
) -> None:
    survey = make_survey()
    make_question(survey, default_sharing="public")
    agency = make_agency(state="CA", name="Bay City")

    form = plan(survey, states=["CA"])
    shown = organiser_client.post("/manage/surveys/new/", form).content.decode()

    assert Wave.objects.count() == 0
    said = ["1 agency would be asked", "Bay City", "No coordinator: nobody", "1 question<"]
    assert [one in shown for one in said] == [True] * 4
    open_wave(organiser_client, form)
    assert [response.agency for response in Wave.objects.get().responses.all()] == [agency]


def test_agencies_that_were_not_on_the_list_are_shown_first(organiser_client: Client) -> None:
    form = plan(make_survey(), states=["CA"])
    make_agency(state="CA")
    shown = organiser_client.post("/manage/surveys/new/", form).content.decode()
    stamp = shown.partition('name="asked" value="')[2].partition('"')[0]

    make_agency(state="CA")
    answer = organiser_client.post("/manage/surveys/new/", form | {"asked": stamp})

    assert (answer.status_code, Wave.objects.count()) == (200, 0)
    assert b"2 agencies would be asked" in answer.content


def test_one_agency_gets_more_time(organiser_client: Client) -> None:
    response = make_closed_response()
    question = make_question(response.wave.survey, key="q")
    other = make_response(response.wave)
    form = {"closes_on": f"{TOMORROW}", "closes_clock": "17:00"}
    address = path(response, f"extend/{response.agency.slug}/")

    organiser_client.post(address, form)

    statuses = [make_page(one).save(question, "x").status_code for one in (response, other)]
    shown = organiser_client.get(path(response)).content.decode()
    assert (statuses, shown.count("Has until")) == ([200, 403], 1)


def test_more_time_is_later_and_for_who_has_not_submitted(organiser_client: Client) -> None:
    response = make_open_response()
    address = path(response, f"extend/{response.agency.slug}/")
    later = TOMORROW + timedelta(days=60)

    early = organiser_client.post(
        address, {"closes_on": f"{TOMORROW}", "closes_clock": "17:00"}
    ).content.decode()
    submit(response)
    late = organiser_client.post(
        address, {"closes_on": f"{later}", "closes_clock": "17:00"}, follow=True
    )

    assert "Choose a time after the agency" in early
    assert b"The agency has submitted: open its answers again." in late.content
    response.refresh_from_db()
    assert response.extended_until is None


def test_closing_ends_it_for_who_had_more_time_too(organiser_client: Client) -> None:
    response = make_open_response()
    Response.objects.update(extended_until=response.closes_at + timedelta(days=9))

    organiser_client.post(path(response, "close/"), {"reason": "Storm"})

    response = Response.objects.select_related("wave").get()
    assert (response.extended_until, response.is_open(datetime.now(UTC))) == (None, False)
