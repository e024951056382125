"""Survey files that failed once, each of a kind: refused in a sentence, or taken with remarks."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from surveys import foreign, importing, workbooks, xlsform_reading, xlsform_words
from surveys.models import Survey
from surveys.workbooks import Row, Unreadable
from tests.browsers import Client
from tests.factories import make_survey
from tests.surveys.test_limesurvey import OLD, asked, lss
from tests.surveys.test_xlsform import book

CASES = Path(__file__).parent / "import_samples"
UPLOAD = "/manage/surveys/instruments/import/"
WHY = '((way_1.5.NAOK == "Y"))'
ONE = "Only one language is taken; this is left out"
YES_NO = [["list_name", "name", "label"], ["yn", "y", "Yes"], ["yn", "n", "No"]]


def read(name: str, content: bytes | None = None) -> importing.Draft:
    """Return what comes in from a file."""
    return foreign.read(name, content or (CASES / name).read_bytes())


def remarks(draft: importing.Draft) -> list[tuple[str, str]]:
    """Return what is said of it, by place."""
    return [(remark.place, remark.text) for remark in draft.remarks]


def questions(draft: importing.Draft) -> dict[str, dict[str, Any]]:
    """Return the questions by their keys."""
    return {q["id"]: q for section in draft.document["sections"] for q in section["questions"]}


def form(*rows: list[Any], choices: list[list[Any]] | None = None) -> importing.Draft:
    """Read a form of these rows, of which the first names the columns."""
    return xlsform_reading.read(book([*rows], choices or YES_NO))


def test_json_of_other_tools_is_refused_in_one_sentence():
    with pytest.raises(Unreadable, match="JSON is not read here"):
        read("a.json", b"{}")


@pytest.mark.parametrize(
    "extra",
    [
        *('{"max": NaN}', '{"max": Infinity}', '{"max": 1e999}', '{"terms": "\\ud800"}'),
        *('{"max": ' + "9" * 5000 + "}", "[" * 9000, "[1]", '{"min": "today()"}'),
        *('{"max": true, "min": {}}', '{"exclusive": [[], {}]}', '{"accept": [1]}'),
        *('{"decimals": -1, "max_length": "x"}', '{"max": 1' + "0" * 300 + "}", "x"),
    ],
)
def test_odd_json_inside_a_form_is_listed_and_never_a_fault_of_ours(
    organiser_client: Client, extra: str
):
    head = ["type", "name", "label", "bind::ciwo:extra"]
    content = book([head, ["integer", "n", "How many?", extra], ["text", "a", "Why?"]])

    page = organiser_client.post(UPLOAD, {"file": SimpleUploadedFile("a.xlsx", content)})
    soup = BeautifulSoup(page.content, "html.parser")
    carried = soup.select("input[name=carried]")[0]["value"]
    filled = {"carried": carried, "version": "1", "follows": "-new-"}
    stored = organiser_client.post(f"{UPLOAD}store/", filled)

    assert (page.status_code, stored.status_code) == (200, 302)
    assert "survey, row 2" in [cell.text for cell in soup.select("tbody th")]
    assert "a" in Survey.objects.get().questions.values_list("key", flat=True)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_odd_numbers_inside_a_workbook_are_not_taken(number: str):
    with pytest.raises(ValueError, match=number):
        workbooks.from_json(f'{{"max": {number}}}')


def test_what_cannot_be_stored_is_refused_and_not_a_fault_of_ours(organiser_client: Client):
    draft = read("en_nospace.xlsx")
    draft.document["sections"][0]["questions"][0]["min"] = float("nan")

    answer = organiser_client.post(
        f"{UPLOAD}store/", {"carried": importing.packed(draft), "version": "1", "follows": "-new-"}
    )

    assert (answer.status_code, Survey.objects.count()) == (302, 0)
    with pytest.raises(Unreadable, match="cannot be stored"):
        importing.mend(draft)


@pytest.mark.parametrize(
    "head",
    [
        "label::English(en)",
        "Label :: English (EN)",
        "label:english",
        "label::en",
        "label::English (US)",
    ],
)
def test_english_is_read_however_its_heading_is_written(head: str):
    rows = xlsform_words.in_one_language(
        {"survey": [Row(2, {"label::español (es)": "no", head.lower(): "yes"})]},
        "",
    )

    assert rows["survey"][0].get("label") == "yes"


def test_headings_without_a_blank_are_read_as_english():
    found = questions(read("en_nospace.xlsx"))

    assert [one["label"] for one in found.values()] == ["Plan?", "Name"]


def test_choices_that_are_renamed_are_renamed_in_conditions_and_listed():
    draft = read("names.xlsx")

    found = questions(draft)
    assert [found[key]["show_if"]["all"][0]["value"] for key in ("b", "c")] == ["1_5", "a_b"]
    assert remarks(draft)[:3] == [
        ("choices, row 2", "“1.5” is called “1_5” here, in conditions as well."),
        ("choices, row 3", "“a b” is called “a_b” here, in conditions as well."),
        ("choices, row 4", "“é” is called “accent” here, in conditions as well."),
    ]


def test_one_language_is_taken_and_the_other_listed_row_by_row():
    draft = read("en_nospace.xlsx")
    alone = form(["type", "name", "label::Español (es)"], ["text", "a", "¿Nombre?"])

    left = "Only one language is taken; this is left out (spanish(es)): "
    said = [("survey, row 2", "¿Plan?"), ("survey, row 3", "Nombre")]
    said += [("choices, row 2", "Sí"), ("choices, row 3", "No")]
    assert remarks(draft) == [(place, left + text) for place, text in said]
    assert [q["label"] for q in questions(alone).values()] == ["¿Nombre?"]
    assert remarks(alone) == []


def test_grids_of_rows_become_tables():
    draft = form(
        ["type", "name", "label", "appearance", "hint"],
        ["begin group", "g", "Staff"],
        ["select_one yn", "head", "Which of these?", "label"],
        ["select_one yn", "lawyers", "Lawyers", "list-nolabel"],
        ["select_one yn", "auditors", "Auditors", "w1 list-nolabel", "Of books"],
        ["text", "why", "Why?"],
        ["end group"],
    )

    assert list(questions(draft)) == ["head", "why"]
    table = questions(draft)["head"]
    assert (table["type"], table["label"]) == ("matrix", "Which of these?")
    assert [row["label"] for row in table["rows"]] == ["Lawyers", "Auditors"]
    assert remarks(draft) == [("survey, row 5", "The column “hint” is not known in a table.")]


@pytest.mark.parametrize(
    ("kind", "operator"), [("select_one", "equals"), ("select_multiple", "includes")]
)
def test_other_is_a_choice_with_a_question_for_its_text(kind: str, operator: str):
    draft = form(
        ["type", "name", "label", "relevant"],
        [f"{kind} yn or_other", "a", "A plan?"],
        [f"{kind} yn", "b", "Another?"],
        ["text", "c", "Which?", "${a_other} != '' and selected(${a}, 'other')"],
    )

    found = questions(draft)
    assert [option["value"] for option in found["a"]["options"]] == ["y", "n", "other"]
    condition = {"question": "a", "operator": operator, "value": "other"}
    assert found["a_other"]["show_if"] == {"all": [condition]}
    assert found["c"]["show_if"]["all"][1] == condition
    assert (draft.document["lists"]["yn"], found["b"]["list"]) == (
        [{"value": "y", "label": "Yes"}, {"value": "n", "label": "No"}],
        "yn",
    )
    assert remarks(draft) == []


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("default", "y", "The column “default” is not known here."),
        ("parameters", "step=2", "The column “parameters” is not known here."),
        ("constraint_message", "No!", "The column “constraint_message” is not known here."),
        ("media::image", "a.png", "The column “media::image” is not known here."),
        ("hint", "Like ${b}", "Answers are not put into texts here; ${b} stays as it is."),
        ("hint", "See <a href='x'>", "A script, picture, link or form in the text is left out."),
        ("hint", "<x onclick=y()>Hi", "A script, picture, link or form in the text is left out."),
        ("hint", "y" * 2000 + "rest", "is cut after 2000 characters; this is left out: rest"),
    ],
)
def test_what_a_row_says_beside_its_question_is_listed(column: str, text: str, said: str):
    draft = form(["type", "name", "label", column], ["text", "a", "A?", text])

    [(place, remark)] = remarks(draft)
    assert (place, remark[-len(said) :]) == ("survey, row 2", said)


def test_notes_and_sheets_are_taken_or_listed():
    rows = [["type", "name", "label"], ["begin group", "g", "Staff"], ["note", "n", "One."]]
    rows += [["note", "m", "Two."], ["text", "a", "A?"], ["note", "o", "Three."]]

    draft = xlsform_reading.read(book(rows, YES_NO, entities=[["a"], ["b"]]))

    assert draft.document["sections"][0]["description"] == "One.\n\nTwo."
    assert remarks(draft) == [
        ("entities", "This sheet is not read."),
        ("survey, row 6", "A note between questions is left out: Three."),
    ]


@pytest.mark.parametrize(("follows", "key"), [("-new-", "practice-2"), ("practice", "practice")])
def test_identity_is_asked_and_never_guessed_from_a_title(
    organiser_client: Client, follows: str, key: str
):
    before = make_survey(key="practice", title="Practice")
    file = SimpleUploadedFile("a.lss", lss(OLD))

    page = organiser_client.post(UPLOAD, {"file": file})
    soup = BeautifulSoup(page.content, "html.parser")
    filled = {"carried": soup.select("input[name=carried]")[0]["value"], "version": "7"}
    unsaid = organiser_client.post(f"{UPLOAD}store/", filled)
    organiser_client.post(f"{UPLOAD}store/", filled | {"follows": follows})

    assert soup.select("input[name=follows][checked]") == []
    assert (unsaid.status_code, b"why" in unsaid.content) == (200, True)  # with its remarks
    stored = Survey.objects.get(version="7")
    assert (stored.key, stored.previous) == (key, before if follows == "practice" else None)


def test_limesurveys_other_is_a_choice_and_defaults_are_listed():
    given = [
        asked(1, "L", "way", "Which way?", other="Y"),
        asked(2, "S", "why", "Why?", relevance='((way.NAOK == "-oth-"))'),
    ]
    tables = OLD | {"questions": given, "answers": [{"qid": 1, "code": "a", "answer": "A"}]}

    draft = read("a.lss", lss(tables | {"defaultvalues": [{"qid": 2, "defaultvalue": "x"}]}))

    found = questions(draft)
    assert [option["value"] for option in found["way"]["options"]] == ["a", "other"]
    assert found["why"]["show_if"]["all"][0]["value"] == "other"
    assert remarks(draft) == [
        ("way", "“Other” is a choice; add a question for the text that goes with it."),
        ("why", "Left out: the default answer."),
    ]


MUCH = OLD | {
    "questions": [
        asked(1, "M", "way", "Which, {TOKEN:FIRSTNAME}?<script>x()</script>", language="en"),
        asked(1, "M", "way", "¿Cuál?", language="es"),
        asked(2, "S", "why", "Why?", relevance=WHY, preg="/a/"),
    ],
    "subquestions": [{"qid": 3, "parent_qid": 1, "title": "a b", "question": "x" * 301}],
    "surveys_languagesettings": [
        {"surveyls_language": "es", "surveyls_title": "Práctica"},
        {"surveyls_language": "en", "surveyls_title": "Practice", "surveyls_endtext": "Thanks"},
    ],
    "question_attributes": [{"qid": 1, "attribute": "min_answers", "value": "2"}],
}


def test_limesurveys_losses_are_listed_by_question():
    draft = read("a.lss", lss(MUCH))

    assert draft.document["title"] == "Practice"
    assert remarks(draft) == [
        ("way", "“a b” is called “a_b” here, in conditions as well."),
        ("way", "A text is cut after 300 characters; this is left out: x"),
        ("why", f"The condition is not known here, so the question is always asked: {WHY}"),
        ("survey", f"{ONE} (es): Práctica"),
        ("way", "Answers are not put into texts here; {TOKEN:FIRSTNAME} stays as it is."),
        ("way", "A script, picture, link or form in the text is left out."),
        ("way", f"{ONE} (es): ¿Cuál?"),
        ("way", "Left out: min_answers = 2."),
        ("why", "Left out: preg = /a/."),
        ("survey", "Left out: Thanks."),
    ]


def test_limesurveys_title_and_welcome_are_cut_in_the_open():
    names = {"surveyls_title": "T" * 200 + "end", "surveyls_welcometext": "w" * 5000 + "over"}
    spanish = {"surveyls_language": "es", "surveyls_welcometext": "Hola {TOKEN:FIRSTNAME}"}

    draft = read("a.lss", lss(OLD | {"surveys_languagesettings": [names, spanish]}))

    cut = "A text is cut after %d characters; this is left out: %s"
    assert [said for place, said in remarks(draft) if place == "survey"] == [
        cut % (200, "end"),
        cut % (5000, "over"),
        f"{ONE} (es): Hola {{TOKEN:FIRSTNAME}}",
    ]


def test_limesurveys_rows_and_choices_may_have_the_same_codes():
    given = [asked(4, "F", "often", "How often?"), asked(5, "L", "way", "Way?")]
    rows = [{"qid": 41, "parent_qid": 4, "title": "1", "question": "Visits"}]
    answers = [{"qid": qid, "code": "1", "answer": "Never"} for qid in (4, 5)]

    draft = read("a.lss", lss(OLD | {"questions": given, "subquestions": rows, "answers": answers}))

    often = questions(draft)["often"]
    assert [one["value"] for one in (*often["rows"], *often["options"])] == ["1", "1"]
    assert remarks(draft) == []


def test_limesurveys_renamed_choices_are_renamed_in_conditions():
    given = [asked(1, "L", "way", "Way?"), asked(2, "S", "b", "B?", relevance='way == "1.5"')]
    answers = [{"qid": 1, "code": "1.5", "answer": "Half"}, {"qid": 1, "answer": "No code"}]

    draft = read("a.lss", lss(OLD | {"questions": given, "answers": answers}))

    assert [one["value"] for one in questions(draft)["way"]["options"]] == ["1_5", "no_code"]
    assert questions(draft)["b"]["show_if"]["all"][0]["value"] == "1_5"


def test_formulas_are_texts_and_blank_rows_cost_nothing():
    assert questions(read("formulas.xlsx"))["c"]["label"] == "+1+1"
    assert len(questions(read("blank950.xlsx"))) == 2
