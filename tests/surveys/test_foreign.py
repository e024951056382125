"""Survey files that failed once, each of a kind: refused in a sentence, or taken with remarks."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from surveys import foreign, importing, workbooks, xlsform_words
from surveys.models import Survey
from surveys.workbooks import Row, Unreadable
from tests.browsers import Client
from tests.surveys.test_limesurvey import OLD, asked, lss

CASES = Path(__file__).parent / "import_samples"
UPLOAD = "/manage/surveys/instruments/import/"
NONE = "This is not a JSON text, or a number in it is none. Save the survey again."


def survey(*elements: dict[str, Any], **more: Any) -> str:
    """Return a survey of SurveyJS."""
    return json.dumps({"pages": [{"elements": list(elements)}]} | more)


def read(name: str, content: bytes | None = None) -> importing.Draft:
    """Return what comes in from a file."""
    return foreign.read(name, content or (CASES / name).read_bytes())


def remarks(draft: importing.Draft) -> list[tuple[str, str]]:
    """Return what is said of it, by place."""
    return [(remark.place, remark.text) for remark in draft.remarks]


def questions(draft: importing.Draft) -> dict[str, dict[str, Any]]:
    """Return the questions by their keys."""
    return {q["id"]: q for section in draft.document["sections"] for q in section["questions"]}


@pytest.mark.parametrize(
    "text",
    [
        (CASES / "nan.json").read_text(),
        survey({"type": "text", "name": "a"}).replace('"a"', '"a", "max": 1e999'),
        survey({"type": "text", "name": "a"}).replace('"a"', '"a", "title": "\\ud800"'),
        survey({"type": "text", "name": "a"}).replace('"a"', '"a", "max": ' + "9" * 5000),
        "[" * 100_000,
    ],
)
def test_odd_json_is_refused_in_one_sentence_and_nothing_is_stored(
    organiser_client: Client, text: str
):
    page = organiser_client.post(UPLOAD, {"file": SimpleUploadedFile("a.json", text.encode())})

    assert (page.status_code, NONE in page.content.decode()) == (200, True)
    assert Survey.objects.count() == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_odd_numbers_inside_a_workbook_are_not_taken(number: str):
    with pytest.raises(ValueError, match=number):
        workbooks.from_json(f'{{"max": {number}}}')


def test_what_cannot_be_stored_is_refused_and_not_a_fault_of_ours(organiser_client: Client):
    draft = read("a.json", survey({"type": "text", "name": "a"}).encode())
    draft.document["sections"][0]["questions"][0]["min"] = float("nan")

    answer = organiser_client.post(
        f"{UPLOAD}store/", {"carried": importing.packed(draft), "version": "1"}
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


def test_odd_elements_are_taken_or_listed_by_place():
    draft = read("odd.json")

    assert list(questions(draft)) == ["n"]
    assert {place for place, _text in remarks(draft)} == {"N", "r", "m", "c"}


def test_other_is_a_choice_and_defaults_are_listed():
    one = {"type": "radiogroup", "name": "a", "title": "A", "choices": ["x"], "hasOther": True}
    two = {"type": "text", "name": "b", "visibleIf": "{a} = 'other'", "defaultValue": "y"}

    draft = read("a.json", survey(one, two).encode())

    found = questions(draft)
    assert [option["value"] for option in found["a"]["options"]] == ["x", "other"]
    assert found["b"]["show_if"]["all"][0]["value"] == "other"
    assert remarks(draft) == [
        ("A", "“Other” is a choice; add a question for the text that goes with it."),
        ("b", "Left out: defaultValue."),
    ]


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


def test_formulas_are_texts_and_blank_rows_cost_nothing():
    assert questions(read("formulas.xlsx"))["c"]["label"] == "+1+1"
    assert len(questions(read("blank950.xlsx"))) == 2
