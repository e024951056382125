"""Surveys in SurveyJS's JSON come in as far as they are known."""

import json
from typing import Any

import pytest

from surveys import surveyjs
from surveys.importing import Draft
from surveys.workbooks import Unreadable

KNOWN: list[dict[str, Any]] = [
    {
        "type": "radiogroup", "name": "Do you have a written plan?", "isRequired": True,
        "choices": [{"value": "Yes, we do", "text": {"default": "Yes", "de": "Ja"}}, "No"],
    },
    {
        "type": "checkbox", "name": "tools", "title": "Tools?", "choices": ["liens", "bonds"],
        "showNoneItem": True, "visibleIf": "{Do you have a written plan?} = 'Yes, we do'",
    },
    {
        "type": "text", "name": "cases", "inputType": "number", "min": 0, "max": 99,
        "visibleIf": "{tools} contains 'liens' and {tools} notempty",
    },
    {
        "type": "panel", "name": "p", "visibleIf": "{cases} > 3", "elements": [
            {
                "type": "matrix", "name": "m", "title": "How often?",
                "columns": ["never", "always"], "rows": [{"value": "r1", "text": "Visits"}],
            },
        ],
    },
    {
        "type": "rating", "name": "trust", "rateMax": 3,
        "visibleIf": "{tools} anyof ['liens', 'bonds']",
    },
    {"type": "ranking", "name": "rank", "choices": ["a", "b"], "maxSelectedChoices": 1},
    {
        "type": "file", "name": "manual", "maxSize": 3 * 1024 * 1024,
        "acceptedTypes": ".pdf, image/*", "allowMultiple": True,
    },
    {"type": "comment", "name": "why", "title": "<b>Why?</b><script>x()</script>", "maxLength": 50},
    {"type": "text", "name": "day", "inputType": "date", "visibleIf": "{cases} > age({day})"},
    {"type": "html", "name": "h", "html": "<script>alert(1)</script>"},
]  # fmt: skip


def read(document: Any) -> Draft:
    """Read a survey."""
    return surveyjs.read(json.dumps(document).encode())


def test_what_is_known_comes_in() -> None:
    draft = read({"title": "Practice", "pages": [{"title": "One", "elements": KNOWN}]})

    [section] = draft.document["sections"]
    plan, tools, cases, matrix, trust, rank, manual, why, day = section["questions"]
    assert (plan["id"], plan["required"]) == ("do_you_have_a_written_plan", True)
    assert plan["options"] == [{"value": "yes", "label": "Yes"}, {"value": "No", "label": "No"}]
    assert tools["exclusive"] == ["none"]
    assert tools["show_if"]["all"] == [
        {"question": plan["id"], "operator": "equals", "value": "yes"}
    ]
    assert (cases["type"], cases["min"], cases["max"]) == ("number", 0, 99)
    assert [c["operator"] for c in cases["show_if"]["all"]] == ["includes", "answered"]
    assert matrix["show_if"]["all"] == [{"question": "cases", "operator": "gt", "value": 3}]
    assert [o["value"] for o in trust["options"]] == ["1", "2", "3"]
    assert (rank["max_ranked"], why["label"], why["max_length"]) == (1, "Why?", 50)
    assert (manual["accept"], manual["max_mb"], manual["max_files"]) == ([".pdf"], 3, 20)
    assert "show_if" not in day


def test_what_is_not_known_is_listed() -> None:
    draft = read({"questions": KNOWN, "triggers": [{"type": "complete"}]})

    assert [remark.place for remark in draft.remarks] == ["triggers", "day", "h"]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"not JSON", b"[]", b"{}", b'{"pages": 5}', b'{"pages": [{"elements": [{}]}]}',
        b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe\x00", b'{"elements": [{"type": "html"}]}',
        b" " * (surveyjs.MOST_BYTES + 1),
        json.dumps({"elements": [{"type": "text", "name": "a"}] * 501}).encode(),
    ],
)  # fmt: skip
def test_hostile_texts_get_one_message(content: bytes) -> None:
    with pytest.raises(Unreadable):
        surveyjs.read(content)


def test_long_nonsense_takes_no_time() -> None:
    odd = {
        "type": "text",
        "name": "a",
        "title": "<b" * 1_000_000,
        "visibleIf": "{a}" + " " * 1_000_000 + "x",
    }

    draft = read({"elements": [odd]})

    assert (draft.questions, len(draft.remarks)) == (1, 1)
