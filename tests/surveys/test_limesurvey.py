"""LimeSurvey files come in as far as they are known."""

from typing import Any

import pytest

from surveys import limesurvey
from surveys.workbooks import Unreadable

Row = dict[str, Any]


def lss(tables: dict[str, list[Row]], head: str = "") -> bytes:
    """Return a file with these tables."""
    parts = []
    for name, rows in tables.items():
        cells = (
            "".join(f"<{tag}><![CDATA[{text}]]></{tag}>" for tag, text in row.items())
            for row in rows
        )
        inner = "".join(f"<row>{one}</row>" for one in cells)
        parts.append(f"<{name}><rows>{inner}</rows></{name}>")
    return f'<?xml version="1.0"?>{head}<document>{"".join(parts)}</document>'.encode()


def asked(qid: int, kind: str, code: str, text: str, **more: Any) -> Row:
    """Return the row of a question."""
    row = {"qid": qid, "parent_qid": 0, "gid": 1, "type": kind, "title": code, "question": text}
    return row | {"question_order": qid} | more


OLD: dict[str, list[Row]] = {
    "surveys_languagesettings": [
        {"surveyls_title": "Practice", "surveyls_description": "<p>Hi</p>"}
    ],
    "groups": [{"gid": 1, "group_name": "Staff", "group_order": 0}],
    "questions": [
        asked(1, "Y", "plan", "A <b>plan</b>?<script>x()</script>", mandatory="Y"),
        asked(2, "M", "tools", "Tools?", relevance='((plan.NAOK == "Y"))'),
        asked(3, "N", "cases", "Cases?", relevance='((tools_liens.NAOK == "Y"))'),
        asked(4, "F", "often", "How often?", relevance="cases.NAOK > 3"),
        asked(5, "L", "why", "Why?", relevance="count(self.NAOK) > 2"),
        asked(6, "X", "note", "Read this"),
        asked(7, "|", "manual", "Manual?"),
        asked(7, "|", "manual", "Handbuch?", language="de"),
    ],
    "subquestions": [
        {"qid": 21, "parent_qid": 2, "title": "liens", "question": "Liens", "question_order": 1},
        {"qid": 22, "parent_qid": 2, "title": "bonds", "question": "Bonds", "question_order": 2},
        {"qid": 41, "parent_qid": 4, "title": "visits", "question": "Visits"},
    ],
    "answers": [
        {"qid": 4, "code": "A2", "answer": "Always", "sortorder": 2},
        {"qid": 4, "code": "A1", "answer": "Never", "sortorder": 1},
        {"qid": 5, "code": "A1", "answer": "Because", "sortorder": 1},
    ],
}


def test_what_is_known_comes_in() -> None:
    draft = limesurvey.read(lss(OLD))

    [section] = draft.document["sections"]
    plan, tools, cases, often, why, manual = section["questions"]
    assert (plan["label"], plan["required"]) == ("A plan?", True)
    assert [o["value"] for o in tools["options"]] == ["liens", "bonds"]
    assert tools["show_if"]["all"] == [{"question": "plan", "operator": "equals", "value": "Y"}]
    assert cases["show_if"]["all"] == [
        {"question": "tools", "operator": "includes", "value": "liens"}
    ]
    assert often["show_if"]["all"] == [{"question": "cases", "operator": "gt", "value": 3}]
    assert [o["label"] for o in often["options"]] == ["Never", "Always"]
    assert [r["label"] for r in often["rows"]] == ["Visits"]
    assert ("show_if" in why, manual["type"]) == (False, "file")
    assert [remark.place for remark in draft.remarks] == [*("why", "note", "plan", "manual")]


def test_newer_files_keep_their_texts_apart() -> None:
    tables: dict[str, list[Row]] = {
        "groups": [{"gid": 1, "group_order": 0}],
        "group_l10ns": [{"gid": 1, "group_name": "Staff", "language": "en"}],
        "questions": [{"qid": 1, "gid": 1, "type": "L", "title": "a"}],
        "question_l10ns": [{"qid": 1, "question": "Which?", "language": "en"}],
        "answers": [{"aid": 9, "qid": 1, "code": "A1", "sortorder": 0}],
        "answer_l10ns": [{"aid": 9, "answer": "This", "language": "en"}],
    }

    [section] = limesurvey.read(lss(tables)).document["sections"]

    assert (section["title"], section["questions"][0]["label"]) == ("Staff", "Which?")
    assert section["questions"][0]["options"] == [{"value": "A1", "label": "This"}]


ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "content",
    [
        b"", b"text", b"<a", b"<a/>", lss(OLD, ENTITY), lss({"questions": []}),
        lss(OLD | {"questions": [asked(1, "X", "a", "Read")]}),
        lss(OLD | {"questions": [asked(n, "S", "a", "A?") for n in range(501)]}),
        b"<a>" * 5_000, b" " * (limesurvey.MOST_BYTES + 1), b"\xff\xfe<",
    ],
)  # fmt: skip
def test_hostile_files_get_one_message(content: bytes) -> None:
    with pytest.raises(Unreadable):
        limesurvey.read(content)
