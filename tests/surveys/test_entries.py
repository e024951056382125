"""What each type of question takes."""

from datetime import date
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from surveys import entries
from surveys.entries import Entry, Invalid
from surveys.models import Question
from tests.factories import make_question

TODAY = date(2026, 11, 23)
SIZES = {"choices": ("small", "large", "none!")}


def read(question: Question, *parts: str, **fields: str | list[str]) -> Entry:
    """Read form fields given by short names: value, reason, sharing, or a row's name."""
    form: MultiValueDict[str, str] = MultiValueDict()
    for name, given in fields.items():
        whole = name in {"value", "reason", "sharing"}
        key = f"{name}.{question.key}" if whole else f"value.{question.key}.{name}"
        form.setlist(key, given if isinstance(given, list) else [given])
    return entries.clean(question, form, TODAY)


def make(kind: str, **fields: Any) -> Question:
    """Make a question of this type."""
    return make_question(type=kind, **fields)


@pytest.mark.parametrize(
    ("question", "form", "value"),
    [
        ({"type": "single_choice"} | SIZES, {"value": "small"}, "small"),
        ({"type": "single_choice"} | SIZES, {}, None),
        ({"type": "scale", "choices": ("1", "2")}, {"value": "2"}, "2"),
        ({"type": "multiple_choice"} | SIZES, {"value": ["large", "small"]}, ["small", "large"]),
        ({"type": "multiple_choice"} | SIZES, {"value": ["none"]}, ["none"]),
        ({"type": "multiple_choice"} | SIZES, {}, None),
        ({"type": "number"}, {"value": " 1,250 "}, 1250),
        ({"type": "number"}, {"value": "0"}, 0),
        ({"type": "number", "limits": {"decimals": 1}}, {"value": "30.5"}, 30.5),
        ({"type": "number"}, {"value": "\u00a01\u202f250"}, 1250),  # pasted from a table
        ({"type": "number", "limits": {"decimals": 1}}, {"value": ".5"}, 0.5),
        ({"type": "number", "unit": "% of wages"}, {"value": "12 %"}, 12),
        ({"type": "currency"}, {"value": "$ 4,120,000"}, 4120000),
        ({"type": "percentage", "limits": {"max": 100}}, {"value": "58%"}, 58),
        ({"type": "year", "limits": {"min": 2010, "max": 2035}}, {"value": "2026"}, 2026),
        ({"type": "date", "limits": {"max": "today"}}, {"value": "2026-11-23"}, "2026-11-23"),
        ({"type": "short_text"}, {"value": " a\x00b\r\nc "}, "ab\nc"),
        ({"type": "long_text"}, {"value": "  "}, None),
        (
            {"type": "matrix", "choices": ("yes", "no"), "rows": ("a", "b")},
            {"b": "no"},
            {"b": "no"},
        ),
        ({"type": "ranking", "choices": ("x", "y", "z")}, {"z": "1", "x": "2"}, ["z", "x"]),
        ({"type": "ranking", "choices": ("x", "y", "z")}, {"z": "3", "x": "1"}, ["x", "z"]),
        ({"type": "file"}, {"value": "anything"}, None),
    ],
)
def test_clean_reads_each_type(question: Any, form: Any, value: Any) -> None:
    asked = make_question(**question)

    entry = read(asked, **form)

    assert entry == Entry(value, "", "members")


@pytest.mark.parametrize(
    ("question", "form", "text"),
    [
        ({"type": "single_choice"} | SIZES, {"value": "huge"}, "Choose one of the answers given."),
        ({"type": "multiple_choice"} | SIZES, {"value": ["x"]}, "Choose among the answers given."),
        (
            {"type": "multiple_choice"} | SIZES,
            {"value": ["small", "none"]},
            "“None” cannot be combined with others.",
        ),
        (
            {"type": "percentage", "limits": {"min": 0, "max": 100}},
            {"value": "about 60"},
            "Use digits only, without words. Enter a number from 0 to 100. You entered “about 60”.",
        ),
        (
            {"type": "percentage", "limits": {"min": 0, "max": 100}},
            {"value": "101"},
            "Enter a number from 0 to 100. You entered “101”.",
        ),
        (
            {"type": "currency"},
            {"value": "-1"},
            "Enter a number, 0 or more, such as 1,250. You entered “-1”.",
        ),
        (
            {"type": "number"},
            {"value": "12,5"},
            (
                "Use digits only, without words. Enter a number, 0 or more, such as 1,250. "
                "You entered “12,5”."
            ),
        ),
        ({"type": "number"}, {"value": "1.5"}, "Enter a whole number. You entered “1.5”."),
        (
            {"type": "number", "limits": {"decimals": 1}},
            {"value": "1.55"},
            "Use at most 1 decimal place. You entered “1.55”.",
        ),
        (
            {"type": "number"},
            {"value": "1e9"},
            (
                "Use digits only, without words. Enter a number, 0 or more, such as 1,250. "
                "You entered “1e9”."
            ),
        ),
        *(
            (
                {"type": "number", "limits": {"max": 50}},
                {"value": raw},
                (
                    "Use digits only, without words. Enter a number from 0 to 50. "
                    f"You entered “{raw}”."
                ),
            )
            for raw in ("about 30", "30-40", "12 %", "$12", "30 cases", ".", "-")
        ),
        (
            {"type": "number", "limits": {"max": 50, "decimals": 1}},
            {"value": "30,5"},
            (
                "Use digits only, with a point before decimals. Enter a number from 0 to 50. "
                "You entered “30,5”."
            ),
        ),
        (
            {"type": "number", "limits": {"max": 50}},
            {"value": "9" * 30},
            f"Enter a number from 0 to 50. You entered “{'9' * 30}”.",
        ),
        (
            {"type": "year", "limits": {"min": 2010, "max": 2035}},
            {"value": "2025-26"},
            "Enter a year from 2010 to 2035. You entered “2025-26”.",
        ),
        (
            {"type": "year", "limits": {"min": 2010, "max": 2035}},
            {"value": "26"},
            "Enter a year from 2010 to 2035. You entered “26”.",
        ),
        (
            {"type": "date", "limits": {"max": "today"}},
            {"value": "2026-11-24"},
            "Enter a day on or before November 23, 2026.",
        ),
        (
            {"type": "date", "limits": {"min": "1990-01-01"}},
            {"value": "1989-12-31"},
            "Enter a day on or after January 1, 1990.",
        ),
        (
            {"type": "date"},
            {"value": "3/1/2018"},
            "Enter a day as year-month-day, such as 2026-03-31. You entered “3/1/2018”.",
        ),
        (
            {"type": "short_text", "limits": {"max_length": 3}},
            {"value": "four"},
            "Use at most 3 characters; these are 4.",
        ),
        (
            {"type": "matrix", "choices": ("yes",), "rows": ("a",)},
            {"a": "maybe"},
            "Choose among the answers given.",
        ),
        (
            {"type": "ranking", "choices": ("x", "y")},
            {"x": "1", "y": "1"},
            "Give each number only once.",
        ),
        ({"type": "ranking", "choices": ("x", "y")}, {"x": "7"}, "Use the numbers given."),
        (
            {"type": "ranking", "choices": ("x", "y"), "limits": {"max_ranked": 1}},
            {"x": "1", "y": "2"},
            "Rank at most 1; leave out the rest.",
        ),
        ({"type": "number"}, {"reason": "not_tracked"}, "Choose one of the reasons given."),
        (
            {"type": "number", "allows_not_reported": True},
            {"reason": "forgotten"},
            "Choose one of the reasons given.",
        ),
        (
            {"type": "number", "allows_not_reported": True},
            {"reason": "not_tracked", "value": "0"},
            "Enter a number, or say why you have none: not both.",
        ),
    ],
)
def test_clean_says_what_would_be_an_answer(question: Any, form: Any, text: str) -> None:
    asked = make_question(**question)

    with pytest.raises(Invalid) as refused:
        read(asked, **form)

    assert str(refused.value) == text


def test_clean_tells_zero_blank_and_not_reported_apart() -> None:
    asked = make("number", allows_not_reported=True)

    found = [read(asked, value="0"), read(asked), read(asked, reason="not_tracked")]

    assert found == [
        Entry(0, "", "members"),
        Entry(None, "", "members"),
        Entry(None, "not_tracked", "members"),
    ]
    assert [entry.is_blank for entry in found] == [False, True, False]


def test_clean_takes_the_sharing_level_and_no_unknown_one() -> None:
    asked = make("number")

    assert read(asked, value="1", sharing="public") == Entry(1, "", "public")
    with pytest.raises(Invalid):
        read(asked, value="1", sharing="everyone")


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ({"type": "single_choice"} | SIZES, Entry("small", "", "public")),
        ({"type": "multiple_choice"} | SIZES, Entry(["small", "large"], "", "public")),
        ({"type": "number", "limits": {"decimals": 1}}, Entry(0.5, "", "public")),
        ({"type": "number", "limits": {"max": 10**12}}, Entry(123456789012, "", "public")),
        ({"type": "number", "allows_not_reported": True}, Entry(None, "not_tracked", "public")),
        ({"type": "date"}, Entry("2026-03-31", "", "public")),
        ({"type": "long_text"}, Entry("two\nlines", "", "public")),
        (
            {"type": "matrix", "choices": ("y", "n"), "rows": ("a", "b")},
            Entry({"a": "y"}, "", "public"),
        ),
        ({"type": "ranking", "choices": ("x", "y", "z")}, Entry(["z", "x"], "", "public")),
        ({"type": "short_text"}, Entry(None, "", "public")),
    ],
)
def test_fields_are_read_back_without_a_difference(question: Any, entry: Entry) -> None:
    asked = make_question(**question)

    assert entries.clean(asked, entries.fields_of(asked, entry), TODAY) == entry
