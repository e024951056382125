"""Organisers build a survey in the browser, with buttons only."""

from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pytest_django import DjangoAssertNumQueries

from surveys import authoring, versions, writing
from surveys.models import Question, Section, Survey
from tests.browsers import Client
from tests.factories import make_question, make_survey
from tests.surveys import practice

BASE = "/manage/surveys/instruments"


def path(survey: Survey, act: str = "") -> str:
    """Return the address of one of a survey's pages."""
    return f"{BASE}/{survey.key}/{survey.version}/{act}"


def form_of(page: Any) -> dict[str, Any]:
    """Return what a browser would send of the page's form if nothing is changed."""
    form = BeautifulSoup(page.content, "html.parser").select_one("form.form")
    assert form is not None
    sent: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.get("type") in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        value = field.get("value", "on" if field.get("type") == "checkbox" else "")
        if field.name == "textarea":
            value = field.text.removeprefix("\n")
        if field.name == "select":
            options = field.select("option[selected]") or field.select("option")[:1]
            value = options[0].get("value") if options else ""
        sent.setdefault(str(field["name"]), []).append(value)
    return sent


def added(client: Client, section: Section, **fields: Any) -> Any:
    """Add a question through the page."""
    return client.post(
        path(section.survey, f"sections/{section.key}/add/"),
        {"default_sharing": "members", "label": "Which?"} | fields,
    )


@pytest.fixture
def section() -> Section:
    """A section of a draft."""
    return Section.objects.create(survey=make_survey(), key="staff", title="Staff", position=1)


def test_a_draft_begins_with_its_words(organiser_client: Client) -> None:
    words = {
        "definitions.id": ["", ""],
        "definitions.term": ["Complaint", ""],
        "definitions.definition": ["A report.", ""],
        "not_reported.label": ["Not tracked", "Not our power"],
        "not_reported.value": ["", "no_power"],
    }

    answer = organiser_client.post(
        f"{BASE}/new/", {"title": "Practice survey", "version": "2027.1"}
    )
    begun = form_of(organiser_client.get(f"{BASE}/practice-survey/2027.1/edit/"))
    organiser_client.post(f"{BASE}/practice-survey/2027.1/edit/", begun | words)

    survey = Survey.objects.get()
    assert answer["Location"] == path(survey) == f"{BASE}/practice-survey/2027.1/"
    assert begun["not_reported.value"][:2] == ["not_tracked", "not_applicable"]
    assert survey.definitions == [
        {"id": "complaint", "term": "Complaint", "definition": "A report."}
    ]
    assert [one["value"] for one in survey.not_reported] == ["not_tracked", "no_power"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_much_for_many(
    organiser_client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        make_question()

    with django_assert_num_queries(4):
        shown = organiser_client.get(f"{BASE}/")

    assert shown.content.count(b'<th scope="row">') == count


@pytest.mark.parametrize("count", [1, 3])
def test_detail_asks_as_much_for_many(
    organiser_client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    survey = make_survey()
    for number in range(count):
        make_question(survey, section=f"s{number}", type="scale", choices=("1", "2"))

    with django_assert_num_queries(10):
        shown = organiser_client.get(path(survey))

    assert shown.content.count(b'class="qn"') == count


def test_a_new_question_begins_with_its_type(organiser_client: Client, section: Section) -> None:
    at = path(section.survey, f"sections/{section.key}/add/")

    chooser = BeautifulSoup(organiser_client.get(at).content, "html.parser")
    links = [str(link["href"]) for link in chooser.select(".kinds a")]
    shown = [form_of(organiser_client.get(f"{at}{link}"))["type"] for link in links]

    assert sorted(links) == sorted(f"?type={one}" for one in Question.Type.values)
    assert shown == [[link.removeprefix("?type=")] for link in links]


def test_one_question_can_follow_another(organiser_client: Client, section: Section) -> None:
    saved = added(organiser_client, section, type="short_text", another="1")

    assert saved["Location"] == path(section.survey, f"sections/{section.key}/add/")
    assert "is saved. Add the next one." in organiser_client.get(saved["Location"]).content.decode()
    assert section.questions.count() == 1


def test_choices_come_with_names_made_for_them(organiser_client: Client, section: Section) -> None:
    fields = {"options.label": ["Liens", "Bonds", "None", ""], "options.value": ["", "b", "", ""]}

    added(organiser_client, section, type="multiple_choice", **fields, **{"options.alone": ["2"]})

    choices = Question.objects.get().choices.order_by("position")
    assert [(c.value, c.label, c.is_exclusive) for c in choices] == [
        ("liens", "Liens", False),
        ("b", "Bonds", False),
        ("none", "None", True),
    ]


@pytest.mark.parametrize(
    ("act", "labels"),
    [
        ("options:down:0", ["B", "A"]),
        ("options:up:1", ["B", "A"]),
        ("options:remove:0", ["B"]),
        ("options:more", ["A", "B"]),
        ("options:up:0", ["A", "B"]),
        ("options:up:99", ["A", "B"]),
        ("options:x:y", ["A", "B"]),
    ],
)
def test_rows_move_without_saving(
    organiser_client: Client, section: Section, act: str, labels: list[str]
) -> None:
    fields = {"options.label": ["A", "B"], "options.value": ["a", "b"], "act": act, "help": "Typed"}

    shown = form_of(added(organiser_client, section, type="single_choice", **fields))

    assert [label for label in shown["options.label"] if label] == labels
    assert (shown["help"], shown["label"]) == (["Typed"], ["Which?"])
    assert Question.objects.count() == 0


def test_another_type_keeps_what_was_typed(organiser_client: Client, section: Section) -> None:
    fields = {"type": "single_choice", "act": "retype", "retype": "number", "help": "Typed"}

    shown = form_of(added(organiser_client, section, **fields))

    assert (shown["type"], shown["help"]) == (["number"], ["Typed"])
    assert ("unit" in shown, "options.label" in shown) == (True, False)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"type": "single_choice"}, "Fill in at least one."),
        ({"type": "single_choice", "options.value": ["a"]}, "Row 1 is not complete."),
        ({"type": "matrix", "options.label": ["A"]}, "Rows: Fill in at least one."),
        ({"type": "number", "min": "5", "max": "4"}, "lies below the smallest"),
        ({"type": "number", "decimals": "x"}, "Enter a whole number."),
        ({"type": "date", "first_day": "soon"}, "Enter a day as year-month-day"),
        ({"type": "file", "accept": ".pdf ???"}, "“.???” cannot be taken. These can:"),
        ({"type": "file", "accept": ".exe"}, "“.exe” cannot be taken."),
        ({"type": "file", "max_mb": "26"}, "less than or equal to 25"),
        ({"type": "scale", "options.label": ["A", "B", "A"]}, "Rows 1 and 3 are both called “A”."),
        (
            {"type": "scale", "options.label": ["A", "B"], "options.value": ["x", "x"]},
            "Rows 1 and 2 are both called “x”.",
        ),
        ({"type": "short_text", "label": " "}, "Write what is asked."),
        ({"type": "short_text", "default_sharing": "all"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_says_why_and_keeps_what_was_typed(
    organiser_client: Client, section: Section, fields: dict[str, Any], said: str
) -> None:
    answer = added(organiser_client, section, **{"help": "Typed"} | fields)

    assert said in answer.content.decode()
    assert (form_of(answer)["help"], Question.objects.count()) == (["Typed"], 0)


def test_conditions_are_written_as_people_say_them(
    organiser_client: Client, section: Section
) -> None:
    survey = section.survey
    make_question(survey, section="staff", key="tools", type="multiple_choice", choices=("liens",))
    make_question(survey, section="staff", key="year", type="year")
    rows = {"show_if.question": ["tools", "year", ""]}
    rows |= {"show_if.operator": ["includes", "gte", "answered"]}

    added(
        organiser_client, section, type="date", **rows, **{"show_if.value": ["LIENS", "2,020", ""]}
    )

    assert Question.objects.get(type="date").show_if == {
        "all": [
            {"question": "tools", "operator": "includes", "value": "liens"},
            {"question": "year", "operator": "gte", "value": 2020},
        ]
    }


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("tools", "includes", "bonds"), "has these choices: Liens"),
        (("tools", "gt", "3"), "use one of “is answered”"),
        (("gone", "answered", ""), "choose an earlier question"),
        (("", "equals", "x"), "Row 1 is not complete."),
        (("year", "gt", "many"), "enter a number"),
    ],
)
def test_a_condition_that_cannot_be_says_why(
    organiser_client: Client, section: Section, row: tuple[str, str, str], said: str
) -> None:
    survey = section.survey
    make_question(survey, section="staff", key="tools", type="multiple_choice", choices=("liens",))
    make_question(survey, section="staff", key="year", type="year")
    names = [f"show_if.{part}" for part in ("question", "operator", "value")]

    answer = added(organiser_client, section, type="date", **dict(zip(names, row, strict=True)))

    assert said in answer.content.decode()
    assert Question.objects.count() == 2


def test_every_question_saved_unchanged_stays_as_it_is(organiser_client: Client) -> None:
    survey = authoring.load(document=practice.instrument())
    before = {q.key: writing.question(q) for q in survey.questions.all()}

    for question in survey.questions.all():
        address = path(survey, f"questions/{question.key}/")
        saved = organiser_client.post(address, form_of(organiser_client.get(address)))
        assert (saved.status_code, question.key) == (302, question.key)

    after = {q.key: writing.question(q) for q in survey.questions.all()}
    assert [after[key] for key in before if after[key] != before[key]] == []


def test_a_colleagues_change_is_told_and_saved_over_only_knowingly(
    organiser_client: Client,
) -> None:
    question = make_question(label="Mine?")
    address = path(question.survey, f"questions/{question.key}/")
    mine = form_of(organiser_client.get(address)) | {"label": "My words?"}
    theirs = form_of(organiser_client.get(address)) | {"label": "Their words?"}

    organiser_client.post(address, theirs)
    told = organiser_client.post(address, mine)
    organiser_client.post(address, form_of(told))

    assert "it now says “Their words?”" in told.content.decode()
    assert form_of(told)["label"] == ["My words?"]
    assert Question.objects.get().label == "My words?"


def test_changed_words_of_a_new_version_wait_for_a_word_on_them(organiser_client: Client) -> None:
    survey = make_question(key="q", label="Before?").survey
    draft = versions.begin(survey=survey, version="2")
    address = path(draft, "questions/q/")
    form = form_of(organiser_client.get(address)) | {"label": "Now?"}

    told = organiser_client.post(address, form)
    unsaid = draft.questions.get().label
    organiser_client.post(address, form | {"is_comparable": "no"})

    assert "say whether answers can be compared" in told.content.decode()
    assert (unsaid, draft.questions.get().label) == ("Before?", "Now?")
    assert form_of(organiser_client.get(address))["is_comparable"] == ["no"]


def test_buttons_move_and_removal_asks_first(organiser_client: Client) -> None:
    survey = make_survey()
    make_question(survey, key="a")
    make_question(survey, key="b")
    make_question(survey, key="c", show_if={"all": [{"question": "b", "operator": "answered"}]})

    moved = organiser_client.post(path(survey, "move/"), {"question": "a", "way": "down"})
    asked = organiser_client.get(path(survey, "remove/?question=a"))
    kept = organiser_client.post(path(survey, "remove/?question=b"))
    organiser_client.post(path(survey, "remove/?question=a"))

    assert moved["Location"] == path(survey) + "#q-a"
    assert (asked.status_code, kept.status_code) == (200, 409)
    assert b"Change their conditions first" in kept.content
    assert [q.key for q in survey.questions.order_by("position")] == ["b", "c"]


def test_a_fielded_survey_offers_a_new_version_only(organiser_client: Client) -> None:
    question = make_question()
    authoring.freeze(survey=question.survey, now=datetime.now(UTC))

    shown = organiser_client.get(path(question.survey))
    refused = organiser_client.post(
        path(question.survey, "move/"), {"question": question.key, "way": "up"}, follow=True
    )

    page = BeautifulSoup(shown.content, "html.parser")
    assert [a.text for a in page.select(".page-head a.usa-button")] == [
        "Preview",
        "Make a new version",
        "Topics",
    ]
    assert b"This survey has been fielded and does not change." in refused.content


def test_a_survey_with_problems_is_not_fielded(organiser_client: Client) -> None:
    waiting = {"all": [{"question": "gone", "operator": "answered"}]}
    question = make_question(show_if=waiting)

    shown = organiser_client.get(path(question.survey)).content.decode()

    assert "1 thing stands in the way of fielding it" in shown
    assert "asks about a question that is not there any more" in shown


def test_a_draft_can_be_thrown_away(organiser_client: Client) -> None:
    question = make_question()

    organiser_client.post(path(question.survey, "discard/"))

    assert Survey.objects.count() == 0
