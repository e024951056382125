"""Words, phrases and unfinished words; nothing that people type is an error."""

import random

import pytest
from django.db.models import Func, IntegerField
from hypothesis import given, settings
from hypothesis import strategies as st

from library import search
from tests.factories import make_webinar
from webinars.models import Webinar


def found(text: str) -> list[str]:
    question = search.query(text)
    assert question is not None
    rows = Webinar.objects.filter(search=question).order_by("pk")
    return [webinar.title for webinar in rows]


@pytest.mark.parametrize(
    "text",
    [
        "collection",
        "COLLECTED",
        "c",
        "collec",
        "collecti",
        "collectio",
        "improving coll",
        "the collections",
        "collections the",
        "José",
        "jose",
        "Jos",
        '"improved collections"',
        '"improved collections" josé',
    ],
)
def test_search_finds(text: str):
    make_webinar(title="Improved collections in San José")
    make_webinar(title="Plans for intake")

    assert found(text) == ["Improved collections in San José"]


@pytest.mark.parametrize(
    "text", ["planet", '"collections improved"', '"improved coll"', "collections intake", "the"]
)
def test_search_does_not_find(text: str):
    make_webinar(title="Improved collections in San José")
    make_webinar(title="Plans for intake")

    assert found(text) == []


TRADE = "AB-5 AB5 COVID-19 98.7% H-2A $15.00 wage/hour sick/safe U.S. it's workers\u2019 “gig” 29-C"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        *(
            ("Guide to AB-5", text)
            for text in ("AB-5", "ab5", "AB 5", "“AB\u20135”", "AB-5?", "ab")
        ),
        *(("COVID-19 and wage/hour law", text) for text in ("covid-19", "covid 19", "hour law")),
        *(("A rate of 98.7%", text) for text in ("98.7", "98.7%", '"rate of 98.7"')),
        *(("Who\u2019s covered by H-2A", text) for text in ("who's covered", "H2A", "h-2a")),
    ],
)
def test_words_of_the_trade_are_found_however_they_are_written(title: str, text: str):
    make_webinar(title=title)
    make_webinar(title="Plans for intake: A-5, B 98 and 7")

    assert found(text) == [title]


ANY = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.sampled_from(TRADE.split()) | ANY, min_size=1, max_size=6),
    st.sampled_from((" ", "-", "/", ", ", "\u2013", "")),
)
def test_every_title_finds_itself(parts: list[str], sign: str):
    title = sign.join(parts)[:200]
    webinar = make_webinar(title=title, summary="", description="")

    words = Func("search", function="length", output_field=IntegerField())  # 0 of "the" alone
    itself = Webinar.objects.alias(words=words).filter(pk=webinar.pk, words__gt=0)

    assert itself.filter(search=search.query(title)).exists() == itself.exists()


@pytest.mark.parametrize(
    "text", ["", "   ", "'", ":*", "&|!", '""', '" "', "\x00", "((", "\\", "_"]
)
def test_text_without_a_word_is_no_question(text: str):
    assert search.query(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "liens:*",
        "a & b | !c",
        "'liens' (bonds",
        '"liens',
        'liens"',
        "a_b c__d",
        "²³ ½ ª",
        "x" * 10_000,
        "liens " * 5_000,
        "ﬁ ß \u0131 İ",
        "日本 ελληνικά",
        "http://example.org/?q=1",
        "\u0301\u200b liens",
    ],
)
def test_odd_text_is_never_an_error(text: str):
    found(text)


def test_no_mixture_of_signs_is_an_error():
    chance = random.Random(2017)  # noqa: S311 the same signs in every run
    signs = "ab \"':*&|!()<->\\_%;éß²\t0"
    texts = ["a" + "".join(chance.choices(signs, k=12)) for _ in range(150)]

    for text in texts:
        found(text)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "On AB-5, AB5",
            "AB-5",
            "On <mark>AB</mark>-<mark>5</mark>, <mark>AB5</mark>",
        ),
        (
            "98.7% (wage/hour)",
            "hour 98.7",
            "<mark>98</mark>.<mark>7</mark>% (wage/<mark>hour</mark>)",
        ),
        ("  A\u2019s\n\n“liens”? ", "lien", "  A\u2019s\n\n“<mark>liens</mark>”? "),
    ],
)
def test_marks_stand_in_the_text_as_it_is_written(title: str, text: str, expected: str):
    make_webinar(title=title)
    question = search.query(text)
    assert question is not None

    rows = Webinar.objects.annotate(marked=search.marked("title", question))

    assert [search.highlight(one) for one in rows.values_list("marked", flat=True)] == [expected]


def test_matches_are_marked_and_the_rest_escaped():
    question = search.query("lien")
    assert question is not None
    make_webinar(title="Liens & <script>alert(1)</script>")

    rows = Webinar.objects.annotate(marked=search.marked("title", question))
    text = rows.values_list("marked", flat=True).get()

    assert search.is_marked(text)
    assert search.highlight(text) == (
        "<mark>Liens</mark> &amp; &lt;script&gt;alert(1)&lt;/script&gt;"
    )
