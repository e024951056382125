"""Three questions after a webinar: who is asked, until when, and what is shown to whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from library.models import Topic
from records import closing, opinions, pulse
from records.models import Attendance, PulseAnswer
from tests.browsers import Client
from tests.factories import (
    make_member,
    make_registration,
    make_resource,
    make_topic,
    make_user,
    make_webinar,
)
from tests.records.test_certificates import came
from tests.test_lost_updates import typed_in
from tests.threads import at_once
from webinars.models import Webinar

END = datetime(2026, 9, 15, 19, 30, tzinfo=UTC)
NOW = END + timedelta(days=1)
SAID = {"useful": "yes", "will_change": "perhaps", "wish": "Bonds"}


@pytest.fixture
def topic() -> Topic:
    """The subject of the webinar."""
    return make_topic(slug="liens")


@pytest.fixture
def webinar(topic: Topic) -> Webinar:
    """A webinar that ended a day before NOW."""
    start = END - timedelta(minutes=90)
    return make_webinar(slug="held", starts_at=start, ends_at=END, topics=(topic,))


def say(webinar: Webinar, person: User, now: datetime = NOW, **said: str) -> PulseAnswer:
    return pulse.answer(webinar=webinar, person=person, now=now, **(SAID | said))


def seated(webinar: Webinar) -> User:
    return make_registration(webinar, make_member()).person


def crowd(webinar: Webinar, number: int, **said: Any) -> None:
    for _ in range(number):
        say(webinar, seated(webinar), **said)


def test_who_held_a_seat_or_attended_is_asked(webinar: Webinar):
    missed = make_registration(webinar, state="cancelled", cancelled_at=NOW).person

    for person in (seated(webinar), came(webinar).person):
        say(webinar, person)
    for person in (missed, make_user(), came(webinar, attended=False).person):
        with pytest.raises(pulse.NotAsked):
            say(webinar, person)

    assert PulseAnswer.objects.count() == 2


def test_who_was_not_there_is_not_asked_and_does_not_count(webinar: Webinar, topic: Topic):
    missed = make_registration(webinar, make_member(), attended=False).person
    crowd(webinar, 5)
    late = PulseAnswer.objects.latest("pk").person
    with pytest.raises(pulse.NotAsked):
        say(webinar, missed)

    Attendance.objects.create(webinar=webinar, person=late, attended=False)

    assert opinions.of_topic(topic, AnonymousUser()) is None
    assert opinions.of_webinar(webinar).total == 4


@pytest.mark.parametrize("wait", [timedelta(days=-2), timedelta(days=60)])
def test_nobody_is_asked_before_the_end_or_two_months_later(webinar: Webinar, wait: timedelta):
    with pytest.raises(pulse.NotAsked):
        say(webinar, seated(webinar), now=END + wait)


def test_answer_changes_for_two_weeks_and_stays_one(webinar: Webinar):
    person = seated(webinar)
    say(webinar, person)

    say(webinar, person, now=NOW + timedelta(days=13), useful="no", wish="")
    with pytest.raises(pulse.IsFinal):
        say(webinar, person, now=NOW + timedelta(days=14))

    kept = PulseAnswer.objects.get()
    assert (kept.useful, kept.wish, kept.given_at) == ("no", "", NOW)


def test_pressing_twice_at_once_gives_one_answer(webinar: Webinar, transactional_db: None):
    person = seated(webinar)

    found = at_once(lambda _: say(webinar, person), on=range(4))

    assert [type(one) for one in found] == [PulseAnswer] * 4
    assert PulseAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "shown"),
    [(4, None), (5, (5, 5, 0)), (6, (5, 5, 0)), (9, (5, 5, 0)), (10, (10, 10, 0))],
)
def test_topic_counts_answers_in_fives(
    webinar: Webinar, topic: Topic, number: int, shown: tuple[int, ...] | None
):
    crowd(webinar, number)

    found = opinions.of_topic(topic, AnonymousUser())

    assert (found and (found.total, found.useful, found.will_change)) == shown


def test_each_webinar_counts_by_itself(webinar: Webinar, topic: Topic):
    other = make_webinar(
        starts_at=END - timedelta(hours=1), ends_at=END, topics=(topic,), visibility="members"
    )
    crowd(webinar, 6, useful="no", will_change="yes")
    crowd(other, 7, useful="partly")

    totals = [
        opinions.of_topic(topic, one) for one in (AnonymousUser(), make_user(is_organiser=True))
    ]

    assert [one and (one.total, one.useful, one.will_change) for one in totals] == [
        (5, 0, 5),
        (10, 5, 5),
    ]


def test_words_and_names_reach_organisers_alone(
    webinar: Webinar, client: Client, organiser_client: Client
):
    crowd(webinar, 5, wish="More about zebrafish")
    names = list(User.objects.filter(pulse_answers__isnull=False).values_list("name", flat=True))

    page = organiser_client.get("/manage/webinars/held/pulse/").content.decode()
    topic = client.get("/topics/liens/").content.decode()

    assert page.count("More about zebrafish") == 5
    assert [name for name in names if f">{name}<" in page] == []
    assert ("zebrafish" in topic, "found it useful" in topic) == (False, True)


def test_questions_stand_on_my_learning_until_they_are_answered():
    start = timezone.now() - timedelta(days=1)
    webinar = make_webinar(slug="held", starts_at=start, title="Liens")
    client, person = Client(), seated(webinar)
    client.force_login(person)

    before = client.get("/my/").content.decode()
    page = client.post("/webinars/held/pulse/", {"useful": "yes"})
    done = client.post("/webinars/held/pulse/", SAID, follow=True).content.decode()

    assert "/webinars/held/pulse/" in before
    assert "This field is required." in page.content.decode()
    assert ("Thank you." in done, "/webinars/held/pulse/" in done) == (True, False)
    again = BeautifulSoup(client.get("/webinars/held/pulse/").content, "html.parser")
    assert [one["value"] for one in again.select("input[checked]")] == ["yes", "perhaps"]


def test_who_was_not_there_finds_no_questions(webinar: Webinar):
    client = Client()
    client.force_login(make_user())

    assert client.get("/webinars/held/pulse/").status_code == 404


def done(webinar: Webinar) -> list[tuple[str, bool]]:
    return [(step.title, step.is_done) for step in closing.steps(webinar)]


def test_closing_says_where_each_step_stands(webinar: Webinar, organiser_client: Client):
    titles = ["Attendance", "Certificates", "Recording", "What people thought"]

    before = done(webinar)
    came(webinar)
    page = organiser_client.get("/manage/webinars/held/").content.decode()

    assert before == [(title, False) for title in titles]
    assert done(webinar) == [(titles[0], True), *[(title, False) for title in titles[1:]]]
    assert ("1 person attended." in page, "1 can be issued." in page) == (True, True)


def test_webinar_without_hours_leads_to_where_they_are_said(organiser_client: Client):
    day = datetime(2024, 2, 7, tzinfo=UTC).date()
    webinar = make_webinar(slug="held", starts_at=None, held_on=day)
    step = closing.steps(webinar)[0]
    shown = typed_in(organiser_client.get(step.url)) | {"start": "13:00", "minutes": "60"}

    organiser_client.post(step.url, shown | {"is_past_meant": "on"})

    assert [title for title, _ in done(webinar)] == ["Attendance", "Recording"]
    assert organiser_client.get("/manage/webinars/held/attendance/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_fixed_number_of_questions(
    webinar: Webinar, organiser_client: Client, count: int, django_assert_num_queries: Any
):
    crowd(webinar, count * 5)
    for _ in range(count):
        Attendance.objects.create(webinar=webinar, person=make_user(), attended=True)
        webinar.resources.add(make_resource())

    with django_assert_num_queries(7):
        organiser_client.get("/manage/webinars/held/pulse/")
    with django_assert_num_queries(4):
        closing.steps(webinar)
