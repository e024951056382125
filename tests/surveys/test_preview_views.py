"""Organisers look at a questionnaire as each of those who will meet it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from library.models import Resource
from notifications.models import Notification
from surveys import authoring
from surveys.models import Answer, AnswerFile, Question, Response, SectionWork, Survey, Wave
from surveys.previewing import PAGES, Role
from tests.browsers import Client
from tests.factories import make_question, make_survey
from tests.surveys import practice
from tests.surveys.test_building_views import path

STORED = (Wave, Response, Answer, AnswerFile, SectionWork, Notification, Resource)
ADDRESS = {"section": "sections/basics", "cell": "findings/example/q"}  # else the page's name
WAITING = {"all": [{"question": "q", "operator": "equals", "value": "yes"}]}


def address(survey: Survey, role: str, page: str) -> str:
    """Return where a role's page is."""
    return path(survey, f"preview/{role}/{ADDRESS.get(page, page)}/")


def read(answer: Any) -> BeautifulSoup:
    """Return the page, which is there."""
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def carried(page: BeautifulSoup) -> str:
    """Return what the page brings along of what was entered."""
    field = page.select_one("[name=entered]")
    assert isinstance(field, Tag)
    return str(field["value"])


def asked(page: BeautifulSoup) -> list[str]:
    """Return the questions that stand on the page and are not hidden."""
    boxes = page.select("[data-question]")
    return [str(box["data-question"]) for box in boxes if not box.has_attr("hidden")]


@pytest.fixture
def survey() -> Survey:
    """A draft: whether, at members' level, and then why, which is public."""
    first = make_question(key="q", type="yes_no_in_progress", choices=("yes", "no"))
    make_question(first.survey, key="why", show_if=WAITING, default_sharing="public")
    return first.survey


def test_preview_begins_with_a_colleagues_section(organiser_client: Client) -> None:
    survey = authoring.load(document=practice.instrument())

    seen: set[str] = set()
    for section in survey.sections.all():
        shown = organiser_client.get(path(survey, f"preview/?section={section.key}"), follow=True)
        seen |= {str(box["data-type"]) for box in read(shown).select("[data-question]")}

    assert seen == set(Question.Type.values)
    assert organiser_client.get(path(make_survey(), "preview/"), follow=True).status_code == 200


@pytest.mark.parametrize(("role", "name"), [(r, p) for r, pages in PAGES.items() for p in pages])
@pytest.mark.parametrize("is_fielded", [False, True])
def test_each_page_says_that_it_is_a_preview_and_stores_nothing(
    organiser_client: Client, survey: Survey, role: str, name: str, is_fielded: bool
) -> None:
    if is_fielded:
        authoring.freeze(survey=survey, now=datetime.now(UTC))
    form = {"entered": json.dumps({"value.q": ["yes"], "value.why": ["Because"]})}

    shown = read(organiser_client.post(address(survey, role, name), form))

    seat = shown.select_one("[data-preview] [aria-current=true]")
    assert seat is not None
    assert seat.text == str(Role(role).label)
    assert "nothing is saved or sent" in str(shown.select_one("[data-preview] h2"))
    assert [model.objects.count() for model in STORED] == [0] * len(STORED)


def test_every_link_of_a_page_leads_on_inside_the_preview(
    organiser_client: Client, survey: Survey
) -> None:
    for role, page in [(role, page) for role, pages in PAGES.items() for page in pages]:
        shown = read(organiser_client.get(address(survey, role, page)))
        for link in shown.select(".page-head a[href], main .section a[href^='/']"):
            where = organiser_client.get(str(link["href"]).split("#")[0], follow=True)
            assert (link["href"], where.status_code) == (link["href"], 200)
        for form in shown.select("main form[action^='/']:not([data-zone-offer] form)"):
            assert str(form["action"]).startswith(path(survey, f"preview/{role}/"))


def test_without_javascript_a_button_shows_what_follows(
    organiser_client: Client, survey: Survey
) -> None:
    at = address(survey, "colleague", "respond")
    blank = read(organiser_client.get(at))
    form = {"entered": "{}", "seen.q": "0", "seen.why": "0", "value.q": "yes", "preview": "show"}

    followed = read(organiser_client.post(at, form))
    typed = form | {"value.q": "no", "value.why": "Typed"}
    hidden = read(organiser_client.post(at, typed))
    again = read(organiser_client.post(at, {"entered": carried(hidden)} | {"preview": "show"}))

    assert (asked(blank), asked(followed)) == (["q"], ["q", "why"])
    assert (asked(hidden), asked(again)) == (["q"], ["q"])
    assert [field["value"] for field in again.select("[name='value.why']")] == ["Typed"]


def test_what_was_entered_goes_along_and_wrong_answers_say_why(organiser_client: Client) -> None:
    first = make_question(key="q", type="number")
    make_question(first.survey, key="next", section="more")
    at = address(first.survey, "colleague", "respond")
    form = {"entered": '{"value.next": ["Kept"]}', "seen.q": "0", "value.q": "many"}

    wrong = read(organiser_client.post(at, form))
    after = read(organiser_client.post(at, form | {"value.q": "7"}))
    review = read(organiser_client.post(address(first.survey, "coordinator", "review"), form))

    assert "You entered “many”." in str(wrong.select_one(".error-summary"))
    assert asked(after) == ["next"]
    assert json.loads(carried(after)) == {"value.q": ["7"], "value.next": ["Kept"]}
    assert "Kept" in review.text


def test_buttons_that_would_do_something_say_that_they_do_not(
    organiser_client: Client, survey: Survey
) -> None:
    said = "In a preview nothing happens."
    review = organiser_client.get(address(survey, "coordinator", "review")).content.decode()
    submitted = organiser_client.post(path(survey, "preview/coordinator/submit/")).content.decode()
    later = organiser_client.post(
        address(survey, "colleague", "respond"), {"entered": "{}", "later": "1"}
    ).content.decode()

    assert [said in text for text in (review, submitted, later)] == [False, True, True]


def test_each_reader_sees_what_the_levels_let_through(
    organiser_client: Client, survey: Survey
) -> None:
    make_question(survey, key="secret", default_sharing="organisers")
    answers = {"value.q": ["yes"], "value.why": ["Reason"], "value.secret": ["Hush"]}

    found = {}
    for role in (Role.ORGANISER, Role.MEMBER, Role.VISITOR):
        at = address(survey, role, PAGES[role][0])
        text = read(organiser_client.post(at, {"entered": json.dumps(answers)})).text
        found[role] = (text.count("Reason"), text.count("Hush"), text.count("Not shared") > 1)

    assert found == {
        Role.ORGANISER: (1, 1, False),
        Role.MEMBER: (1, 0, True),
        Role.VISITOR: (0, 0, False),  # the reason tells the members' answer that it rests on
    }
    hushed = {"value.q": ["yes"], "sharing.q": ["counted"]}
    nothing = organiser_client.post(
        address(survey, "visitor", "findings"), {"entered": json.dumps(hushed)}
    )
    assert "Nothing to read" in read(nothing).text


def test_files_are_not_kept(organiser_client: Client) -> None:
    question = make_question(key="q", type="file")
    file = SimpleUploadedFile("manual.pdf", b"%PDF-1.4")
    form = {"entered": "{}", "seen.q": "0", "file.q": file, "stay": "q"}

    shown = organiser_client.post(address(question.survey, "colleague", "respond"), form)

    assert "In a preview nothing happens." in read(shown).text
    assert AnswerFile.objects.count() == 0


@pytest.mark.parametrize(
    "entered", ["", "no JSON", "[1]", '{"value.q": 7, "x": []}', '{"value.q": [{}]}', "[" * 9999]
)
def test_what_no_form_sends_is_passed_over(
    organiser_client: Client, survey: Survey, entered: str
) -> None:
    shown = organiser_client.post(
        address(survey, "colleague", "respond"), {"entered": entered, "preview": "show"}
    )

    assert (asked(read(shown)), carried(read(shown))) == (["q"], "{}")


def test_a_condition_on_a_question_that_is_gone_leaves_the_preview_whole(
    organiser_client: Client, survey: Survey
) -> None:
    gone = {"all": [{"question": "gone", "operator": "answered"}]}
    lost = make_question(survey, show_if=gone)
    on_lost = {"all": [{"question": lost.key, "operator": "answered"}]}
    make_question(survey, show_if=on_lost)

    shown = read(organiser_client.get(address(survey, "colleague", "respond")))

    assert [box["data-question"] for box in shown.select("[data-question]")] == ["q", "why"]


@pytest.mark.parametrize("count", [1, 3])
def test_preview_asks_as_much_for_many(
    organiser_client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    survey = make_survey()
    for number in range(count):
        make_question(survey, section=f"s{number}", type="scale", choices=("1", "2"))

    with django_assert_num_queries(5):
        shown = organiser_client.get(address(survey, "coordinator", "review"))

    assert shown.content.count(b'<th scope="row"><span class="muted">') == count


def test_a_version_or_page_that_is_not_there_is_not_found(
    organiser_client: Client, survey: Survey
) -> None:
    other = make_survey()
    other.version = "9"

    found = [
        organiser_client.get(address(other, "visitor", "findings")).status_code,
        organiser_client.get(address(survey, "visitor", "review")).status_code,
        organiser_client.get(path(survey, "preview/nobody/review/")).status_code,
    ]

    assert found == [404, 404, 404]
