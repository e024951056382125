"""Instruments go out as XLSForm, which pyxform takes, and come back without a difference."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from pyxform.xls2xform import convert

from surveys import authoring, importing, workbooks, writing, xlsform, xlsform_reading
from surveys.importing import Draft
from surveys.workbooks import Unreadable
from tests.factories import make_question, make_survey
from tests.surveys import practice

Rows = list[list[Any]]


def book(survey: Rows, choices: Rows | None = None, **more: Rows) -> bytes:
    """Return a workbook with these sheets."""
    whole = io.BytesIO()
    written = xlsxwriter.Workbook(whole, {"in_memory": True})
    sheets = {"survey": survey, "choices": choices or [["list_name", "name", "label"]]}
    for title, rows in (sheets | more).items():
        sheet = written.add_worksheet(title)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    written.close()
    return whole.getvalue()


def read(*rows: list[Any], choices: Rows | None = None, **more: Rows) -> Draft:
    """Read a form of these rows, of which the first names the columns."""
    return xlsform_reading.read(book([*rows], choices, **more))


def asked(draft: Draft) -> list[dict[str, Any]]:
    """Return all questions of a document."""
    return [q for section in draft.document["sections"] for q in section["questions"]]


def remarks(draft: Draft) -> list[str]:
    """Return the remarks as lines."""
    return [f"{one.place}: {one.text}" for one in draft.remarks]


def test_the_practice_survey_comes_back_without_a_difference() -> None:
    document = writing.document(authoring.load(document=practice.instrument()))

    draft = xlsform_reading.read(xlsform.workbook(document))

    assert remarks(draft) == []
    assert draft.document == document


def test_pyxform_takes_what_goes_out(tmp_path: Path) -> None:
    survey = make_odd_survey()
    for number, document in enumerate(
        (writing.document(survey), writing.document(authoring.load(document=practice.instrument())))
    ):
        file = tmp_path / f"form{number}.xlsx"
        file.write_bytes(xlsform.workbook(document))

        converted = convert(file, validate=False)

        assert converted.warnings == []
        assert "<h:html" in converted.xform


def make_odd_survey() -> Any:
    """Make a survey with names and texts that XLSForm has no room for."""
    survey = make_survey(key="odd-1", introduction="Read ${this} & <that>.")
    make_question(survey, section="1st-part", key="1-a", label="=1+1 ${x}?", help="a < b")
    make_question(survey, section="1st-part", key="n", type="number", allows_not_reported=True)
    make_question(survey, section="1st-part", key="n_nr", type="scale", choices=("1", "2"))
    make_question(
        survey, section="two", key="m-x", type="matrix", choices=("a",), rows=("r-1", "r_1")
    )
    make_question(survey, section="two", key="s", type="multiple_choice", choices=("a", "b", "z!"))
    conditions = [
        ("1-a", "not_equals", 'it\'s "so"'),
        ("n", "answered", None),
        ("m-x", "answered", None),
        ("s", "any_of", ["a", "b"]),
        ("s", "excludes", "z"),
        ("n", "lte", 3),
    ]
    for number, (key, operator, value) in enumerate(conditions):
        condition: dict[str, Any] = {"question": key, "operator": operator}
        condition |= {"value": value} if value is not None else {}
        make_question(
            survey,
            section="two",
            key=f"c{number}",
            type="date",
            show_if={"all": [condition]},
            limits={"min": "2020-01-01", "max": "today"},
            is_required=True,
        )
    return survey


def test_odd_names_and_texts_come_back_without_a_difference() -> None:
    document = writing.document(make_odd_survey())

    draft = xlsform_reading.read(xlsform.workbook(document))

    assert remarks(draft) == []
    assert draft.document == document


def test_no_text_goes_out_as_a_formula() -> None:
    content = xlsform.workbook(writing.document(make_odd_survey()))

    cells = [c for sheet in openpyxl.load_workbook(io.BytesIO(content)) for r in sheet for c in r]

    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_a_form_made_with_another_tool_says_the_same() -> None:
    content = (Path(__file__).parent / "practice_survey.xlsx").read_bytes()

    draft = xlsform_reading.read(content)

    document = writing.document(authoring.load(document=practice.instrument()))
    same = asked(Draft(document))
    for question in same:
        question.pop("better", None)  # only the portal knows which way is better
    assert remarks(draft) == []
    assert asked(draft) == same


def read_foreign() -> Draft:
    """Read a form with much that is known and something that is not."""
    return read(
        ["type", "name", "label::English (en)", "required", "relevant", "constraint"],
        [],
        ["start", "start"],
        ["begin group", "g1", "About <b>you</b>"],
        ["select_one yn", "has_plan", "A plan?", "yes"],
        ["integer", "cases", "Cases?", "true()", "${has_plan} = '1'", ". >= 0 and . < 100"],
        ["select_multiple tools or_other", "tools", "Tools?", "", "${cases} > 3 or ${cases} < 1"],
        ["geopoint", "where", "Where?"],
        ["end group"],
        [
            "text",
            "why",
            "Why?",
            "${cases} > 3",
            "selected(${tools}, 'a') or selected(${tools}, 'b')",
        ],
        ["begin repeat", "r", "Again"],
        ["text", "inside", "Inside?"],
        ["end repeat"],
        ["date", "day", "Day?", "", "not(${has_plan} = '1')", ". <= today()"],
        choices=[
            ["list name", "name", "label::English (en)"],
            ["yn", 1.0, "Yes"],
            ["yn", 0, "No"],
            ["tools", "a", "A"],
            ["tools", "b", "B"],
            ["tools", "b", "B again"],
        ],
        settings=[["form_title", "form_id", "version"], ["Practice", "practice", 2.0]],
    )


def test_a_foreign_form_is_read_as_far_as_it_is_known() -> None:
    draft = read_foreign()

    assert [(s["title"], len(s["questions"])) for s in draft.document["sections"]] == [
        ("About you", 6)
    ]
    plan, cases, tools, _other, why, day = asked(draft)
    assert draft.document["lists"]["yn"][0] == {"value": "1", "label": "Yes"}
    assert cases == {
        "id": "cases", "type": "number", "label": "Cases?", "sensitivity": "members",
        "required": True, "min": 0, "max": 99,
        "show_if": {"all": [{"question": "has_plan", "operator": "equals", "value": "1"}]},
    }  # fmt: skip
    assert why["show_if"]["all"] == [
        {"question": "tools", "operator": "any_of", "value": ["a", "b"]}
    ]
    assert (plan["type"], day["max"], "show_if" in day, "show_if" in tools) == (
        "single_choice", "today", False, False,
    )  # fmt: skip
    assert [line.partition(":")[0] for line in remarks(draft)] == [
        "choices, row 6", "survey, row 7", "survey, row 8", "survey, row 10", "survey, row 11",
        "survey, row 14",
    ]  # fmt: skip


def test_scripts_in_labels_come_to_nothing() -> None:
    draft = read(
        ["type", "name", "label", "hint"],
        [
            "text",
            "a",
            "Hello <script>alert(1)</script><b>you</b>?",
            "<img src=x onerror=alert(1)>1 < 2",
        ],
    )

    assert [(q["label"], q["help"]) for q in asked(draft)] == [("Hello you?", "1 < 2")]


def test_blank_rows_do_not_count() -> None:
    draft = read(["type", "name", "label"], *[[""]] * 950, ["text", "a", "A?"], *[[]] * 950)

    assert [q["id"] for q in asked(draft)] == ["a"]
    assert draft.places == {"a": "survey, row 952"}


def test_formulas_are_never_worked_out() -> None:
    rows: Rows = [["type", "name", "label"], ["text", "a", "=1+1"], ["text", "b", "B?"]]

    draft = read(*rows, settings=[["form_title", "version"], ["T", "=NOW()"]])

    assert draft.document["version"] in ("0", "1")  # what the file had saved, or nothing
    assert [q["id"] for q in asked(draft)] == ["a", "b"]


def zipped(**members: bytes) -> bytes:
    """Return an archive with these files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return whole.getvalue()


def spoilt(old: bytes, new: bytes) -> bytes:
    """Return a workbook in whose sheets something is replaced."""
    whole = io.BytesIO()
    good = zipfile.ZipFile(io.BytesIO(book([["type", "name", "label"], ["text", "a", "A?"]])))
    with good, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in good.infolist():
            packed.writestr(member.filename, good.read(member).replace(old, new))
    return whole.getvalue()


ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><sst'
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a text": lambda: b"type,name,label\ntext,a,A?",
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
    "an old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "another archive": lambda: zipped(readme_xml=b"<a/>"),
    "a cut workbook": lambda: book([["type"], ["text"]])[:-200],
    "a bomb": lambda: zipped(xl__sheet_xml=b"\x00" * (workbooks.MOST_UNPACKED + 1)),
    "too large": lambda: b"PK" + b"\x00" * workbooks.MOST_BYTES,
    "many parts": lambda: zipped(**{f"n{n}_xml": b"" for n in range(workbooks.MOST_MEMBERS + 1)}),
    "entities": lambda: spoilt(b"<sst", ENTITY),
    "broken XML": lambda: spoilt(b"</row>", b"</wor>"),
    "no questions": lambda: book([["type", "name", "label"]]),
    "other sheets": lambda: book([["budget", "year"], ["5", "2027"]]),
    "too many rows": lambda: book([["type", "name"], *[["text", "a"]] * 5_001]),
    "nothing known": lambda: book([["type", "name"], ["geopoint", "a"], ["barcode", "b"]]),
    "a wide text": lambda: spoilt(b"<?xml", b"\xff\xfe<?xml"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_get_one_message(kind: str) -> None:
    with pytest.raises(Unreadable) as refused:
        xlsform_reading.read(HOSTILE[kind]())

    assert 20 < len(str(refused.value)) < 120


def test_what_a_page_carries_is_ours() -> None:
    draft = read(["type", "name", "label"], ["text", "a", "A?"])

    carried = importing.packed(draft)

    kept = importing.unpacked(carried)
    assert kept is not None
    assert (kept.document, kept.remarks) == (draft.document, draft.remarks)
    assert importing.unpacked(carried[:-1]) is None
    assert importing.unpacked("{}") is None
