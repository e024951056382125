"""How agencies do what a topic is about: what its page shows to whom."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache, caches
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from library.models import Topic
from surveys import authoring, filing, releasing, sharing, topical, versions, writing
from surveys.models import Answer, Question, Response, Wave
from surveys.sharing import Wish
from surveys.withdrawing import Target
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_topic,
    make_user,
    make_wave,
)
from tests.surveys import practice
from tests.surveys.scenes import make_coordinator, signed_in
from tests.surveys.test_withdrawing import withdraw

CHOICES = ("yes", "in_progress", "no")


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Pages and their parts are kept by no test for the next one."""
    yield
    cache.clear()
    caches["template_fragments"].clear()


@pytest.fixture
def topic() -> Topic:
    """A topic without anything."""
    return make_topic(slug="collections", name="Collections")


@pytest.fixture
def question(topic: Topic) -> Question:
    """A question in a section under the topic."""
    found = make_question(
        make_survey(), key="liens", label="Do you file liens?", type="yes_no_in_progress",
        choices=CHOICES,
    )  # fmt: skip
    found.section.topics.add(topic)
    return found


@pytest.fixture
def wave(question: Question) -> Wave:
    """A wave of its survey."""
    return make_wave(question.survey)


def answered(
    wave: Wave, question: Question, now: datetime, values: list[Any], **fields: Any
) -> list[Response]:
    """Make agencies that answered so."""
    made = []
    for number, value in enumerate(values):
        agency = make_agency(name=f"A{number}", state="NY")
        made.append(make_response(wave, agency, state="submitted", submitted_at=now))
        make_answer(made[-1], question, value, **fields)
    return made


def names(named: topical.Named | None) -> list[str]:
    """Return the few names beside an answer."""
    return [agency.name for agency in named.agencies] if named else []


def lines(topic: Topic, user: Any) -> list[tuple[str, int | None, list[str]]]:
    """Return label, share and names of each line."""
    found = topical.of(topic, user)
    if found is None:
        return []
    return [
        (line.label, line.share, names(line.named)) for one in found.practices for line in one.said
    ]


def test_totals_are_the_released_ones_and_names_those_that_the_reader_may_read(
    topic: Topic, wave: Wave, question: Question, now: datetime
) -> None:
    values = ["yes"] * 6 + ["no"] * 4
    responses = answered(wave, question, now, values, sharing="counted")
    releasing.publish(wave=wave, by=None, now=now)
    Answer.objects.filter(response=responses[0]).update(sharing="public")
    Answer.objects.filter(response__in=responses[1:3]).update(sharing="members")
    answered(wave, question, now, ["no"] * 9, sharing="counted")

    visitor, member = lines(topic, AnonymousUser()), lines(topic, make_member())

    assert visitor == [("Yes", 60, ["A0, NY"]), ("No", 40, [])]
    assert member == [("Yes", 60, ["A0, NY", "A1, NY", "A2, NY"]), ("No", 40, [])]


def test_without_a_release_only_names_appear(
    topic: Topic, wave: Wave, question: Question, now: datetime
) -> None:
    answered(wave, question, now, ["yes", "no"], sharing="members")

    assert lines(topic, AnonymousUser()) == []
    assert lines(topic, make_user()) == []
    assert lines(topic, make_member()) == [("Yes", None, ["A0, NY"]), ("No", None, ["A1, NY"])]


def test_each_choice_is_named_and_counted(
    topic: Topic, wave: Wave, question: Question, now: datetime
) -> None:
    tools = make_question(wave.survey, type="multiple_choice", choices=("lien", "bond"))
    answered(wave, tools, now, [["lien"], ["lien", "bond"], ["lien"], ["lien"], []])

    found = topical.of(topic, make_member())

    assert found is not None
    [tool] = [one for one in found.practices if one.question == tools]
    said = [
        (line.label, line.named.number, names(line.named), line.named.url)
        for line in tool.said
        if line.named
    ]
    address = f"/surveys/{wave.slug}/findings/?section=basics&says={tools.key}%3A"
    assert said == [
        ("Lien", 4, ["A0, NY", "A1, NY", "A2, NY"], f"{address}lien"),
        ("Bond", 1, ["A1, NY"], f"{address}bond"),
    ]


def test_an_agency_that_lacks_the_power_is_no_gap(
    topic: Topic, wave: Wave, question: Question, now: datetime
) -> None:
    asked = make_question(wave.survey, type="single_choice", choices=("often", "no_authority"))
    answered(wave, asked, now, ["often"] * 4 + ["no_authority"] * 6, sharing="counted")
    releasing.publish(wave=wave, by=None, now=now)

    page = BeautifulSoup(Client().get("/topics/collections/").content, "html.parser")

    rows = {li.select_one(".l").get_text(strip=True): li for li in page.select(".nbars li")}  # type: ignore[union-attr]
    drawn = {label: bool(li.select(".nbar svg")) for label, li in rows.items()}
    assert drawn == {"Not our power": False, "Often": True}


def compared() -> list[str]:
    """Return what the first page says of one question of the survey."""
    page = BeautifulSoup(Client().get("/").content, "html.parser")
    return [" ".join(one.get_text(" ").split()) for one in page.select("#how-h, .nbars li")]


def test_first_page_compares_what_agencies_differ_on_and_forgets_what_is_withdrawn(
    topic: Topic, wave: Wave, question: Question, now: datetime
) -> None:
    tools = make_question(
        wave.survey, key="tools", type="multiple_choice", choices=("lien", "bond", "levy")
    )
    said = [["lien", "bond"], ["lien", "levy"], ["bond"], ["lien"], ["levy"], ["bond", "levy"]]
    responses = answered(wave, tools, now, said * 3, sharing="counted")
    release = releasing.publish(wave=wave, by=None, now=now)
    Answer.objects.filter(response=responses[0]).update(sharing="public")

    before = compared()
    withdraw(Target(release), now)
    after = compared()

    assert before == [
        tools.label,
        "Lien 50% By name: A0, NY",
        "Bond 50% By name: A0, NY",
        "Levy 50%",
    ]
    assert after == []


def test_first_page_adds_nothing_up_over_several_surveys(
    topic: Topic, wave: Wave, question: Question, now: datetime
) -> None:
    few = make_question(
        wave.survey, section="second", key="few", type="multiple_choice", choices=("one", "two")
    )
    few.section.topics.add(make_topic())
    tools = make_question(wave.survey, key="tools", type="multiple_choice", choices=("a", "b", "c"))
    other = make_wave(wave.survey, closes_at=wave.closes_at + timedelta(days=9))
    for each in (wave, other):
        answered(each, few, now, [["one"], ["two"]] * 10, sharing="counted")
        answered(each, tools, now, [["a", "b", "c"], ["b"], []] * 7, sharing="counted")
        releasing.publish(wave=each, by=None, now=now)

    assert compared()[:1] == [tools.label]


def test_a_released_survey_goes_before_one_without(
    topic: Topic, wave: Wave, question: Question, now: datetime
) -> None:
    answered(wave, question, now, ["yes"] * 6 + ["no"] * 4)
    releasing.publish(wave=wave, by=None, now=now)
    newer = make_wave(question.survey, closes_at=wave.closes_at.replace(year=2030))
    answered(newer, question, now, ["no"], sharing="public")

    found = topical.of(topic, AnonymousUser())

    assert found is not None
    assert found.title == wave.title


def test_questions_under_other_topics_stay_away(wave: Wave, question: Question) -> None:
    assert topical.of(make_topic(), make_user(is_organiser=True)) is None


def test_a_tightened_answer_leaves_the_kept_page_at_once(
    topic: Topic, wave: Wave, question: Question, now: datetime, settings: Settings
) -> None:
    settings.VISITOR_CACHE_SECONDS = 30
    [response] = answered(wave, question, now, ["yes"], sharing="public")
    before = Client().get("/topics/collections/").content.decode()
    Answer.objects.update(changed_at=now)
    kept = Client().get("/topics/collections/").content.decode()

    wishes = {"liens": Wish("public", "members")}
    with TestCase.captureOnCommitCallbacks(execute=True):
        sharing.change(response=response, wishes=wishes, by=make_coordinator(response), now=now)

    after = Client().get("/topics/collections/").content.decode()
    assert ["A0, NY" in page for page in (before, kept, after)] == [True, True, False]


def test_the_page_asks_as_much_for_many_answers_as_for_few(
    topic: Topic, wave: Wave, question: Question, now: datetime
) -> None:
    client, counts = signed_in(make_member()), []

    for _ in range(2):
        answered(wave, question, now, ["yes", "no"] * 3, sharing="public")
        make_question(wave.survey, type="single_choice", choices=("a", "b"))
        with CaptureQueriesContext(connection) as asked:
            client.get("/topics/collections/")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_organisers_file_sections_also_after_fielding(
    topic: Topic, wave: Wave, question: Question, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    authoring.freeze(survey=wave.survey, now=wave.opens_at)
    other = make_topic(name="Other")
    client = signed_in(make_user(is_organiser=True))
    address = f"{wave.survey.get_absolute_url()}topics/"
    page = client.get(address).content.decode()

    client.post(address, {"basics": [other.pk]})

    assert page.count("checked") == 1
    assert [*question.section.topics.all()] == [other]


def test_topics_travel_with_the_questionnaire() -> None:
    topic = make_topic(slug="collections")
    survey = authoring.load(document=practice.instrument())

    next_one = versions.begin(survey=survey, version="2")

    found = [[*one.sections.get(key="collections").topics.all()] for one in (survey, next_one)]
    assert found == [[topic], [topic]]
    sections = {s["id"]: s.get("topics") for s in writing.document(survey)["sections"]}
    assert (sections["collections"], sections["intake"]) == (["collections"], None)


def test_what_is_no_topic_is_passed_over(question: Question, topic: Topic) -> None:
    filing.put(section=question.section, slugs=["nothing", 7, topic.slug])

    assert [*question.section.topics.all()] == [topic]
