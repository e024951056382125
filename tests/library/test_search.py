"""Words, phrases and unfinished words; nothing that people type is an error."""

import random

import pytest

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


@pytest.mark.parametrize("text", ["", "   ", "'", ":*", "&|!", '""', '" "', "\x00", "((", "\\"])
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
        "_",
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
