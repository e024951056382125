"""Searches of people who do not know the words: sentences, slips, synonyms and names."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from accounts.models import User
from library.models import Synonym
from tests.browsers import Client
from tests.ciwo_portal.test_library import page, past, past_session, titles
from tests.factories import make_agency, make_community, make_member, make_topic


@pytest.fixture
def _held() -> None:
    """Two topics with synonyms, and three events, of which one hangs on a topic."""
    collections = make_topic(slug="collections", name="Collections", position=1)
    retaliation = make_topic(slug="retaliation", name="Protection from retaliation")
    for topic, text in (
        (collections, "liens"),
        (collections, "wage recovery"),
        (retaliation, "ICE"),
    ):
        Synonym.objects.create(topic=topic, text=text)
    past(title="Getting judgments paid", summary="", topics=(collections,))
    past(title="How cities collect on settlement agreements", summary="")
    past_session(title="Outreach to day laborers", summary="Being there, and theirs")


def text(found: Any) -> str:
    return " ".join(found.text.split()) if found else ""


@pytest.mark.usefixtures("_held")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("liens", ["Getting judgments paid"]),
        ("Wage recovery", ["Getting judgments paid"]),
        ("lien judgments", ["Getting judgments paid"]),
        ("judgments and wage recovery", ["Getting judgments paid"]),
        ('"liens"', []),
        ("wage", []),
        ("recovery of a wage", []),
        ("wage recovery settlement", []),
    ],
)
def test_synonym_finds_what_hangs_on_its_topic(client: Client, words: str, expected: list[str]):
    soup = page(client, q=words)

    close = soup.select("#close-h ~ .ledger .h-entry")
    assert titles(soup)[: len(titles(soup)) - len(close)] == expected


@pytest.mark.usefixtures("_held")
def test_search_by_a_synonym_says_so_and_goes_back_to_the_own_words(client: Client):
    soup = page(client, q="liens", year="2017")

    said = soup.select_one(".page-head p")
    assert text(said) == "Also searched: everything on Collections. Only my words"
    assert said.a["href"] == "?q=%22liens%22&year=2017"


@pytest.mark.usefixtures("_held")
@pytest.mark.parametrize(
    ("words", "said", "close"),
    [
        (
            "how do cities collect judgments",
            ["cities (1 result)", "collect (1 result)", "judgments (1 result)"],
            ["How cities collect on settlement agreements"],
        ),
        (
            "settelment day laborers",
            ["settlement (1 result)", "day (1 result)", "laborers (1 result)"],
            ["Outreach to day laborers"],
        ),
        (
            "settelment or wage recovery",
            ["settlement (1 result)", "wage recovery (1 result)"],
            ["Getting judgments paid"],
        ),
        (
            "their settelment",  # no slip for "there", which is not searched for, either
            ["settlement (1 result)"],
            ["How cities collect on settlement agreements"],
        ),
        ("settelment", [], ["How cities collect on settlement agreements"]),
        ("xylophone", [], []),
    ],
)
def test_sentence_and_slip_lead_to_what_is_close(
    client: Client, words: str, said: list[str], close: list[str]
):
    soup = page(client, q=words)

    assert [text(item) for item in soup.select(".empty li")] == said
    assert titles(soup) == close


@pytest.mark.usefixtures("_held")
def test_slip_is_put_right_where_that_finds_something(client: Client):
    empty = page(client, q="setlement agrements", kind="webinar").select_one(".empty")

    assert text(empty.p) == "Did you mean settlement agreements? That finds 1 result."
    assert empty.p.a["href"] == "?q=settlement+agreements&kind=webinar"


def test_invented_entries_are_counted_apart(client: Client):
    past(title="Bonds")
    past(title="Bonds and agreements", is_demo=True)

    soup = page(client, q="bonds agrements")

    said = [text(item) for item in soup.select(".empty li")]
    assert said == ["bonds (1 result, 1 demo entry)", "agreements (1 demo entry)"]


def test_slips_are_put_right_by_words_that_the_reader_may_see(client: Client):
    agency = make_agency(name="Home")
    circle = make_community(agency)
    past_session(title="Whistleblower", community=circle, has_public_summary=False)
    past_session(title="Meeting", description="Whistleblower", community=make_community(agency))

    outside = page(client, q="whistlblower")
    client.force_login(make_member(agency))
    inside = page(client, q="whistlblower")

    assert "Did you mean" not in text(outside.main)
    assert "Did you mean whistleblower" in text(inside.main)


@pytest.mark.usefixtures("_held")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("collections", ["Collections"]),
        ("ice", ["Protection from retaliation"]),
        ("lab of san jose", ["Lab, San José"]),
        ("circle of harbors", ["Harbor circle"]),
        ("hidden", []),
    ],
)
def test_topics_agencies_and_communities_are_found(client: Client, words: str, found: list[str]):
    home = make_agency(name="Lab, San José", slug="lab")
    make_community(home, name="Harbor circle", slug="harbor")
    make_community(home, name="Hidden circle", is_listed=False)

    soup = page(client, q=words)

    assert [text(link) for link in soup.select("[aria-labelledby=named-h] a")] == found


@pytest.mark.usefixtures("_held")
@pytest.mark.parametrize("query", ["?q=protecion", "?q=from+ice+agents+xylophone"])
def test_empty_page_offers_the_nearest_topic_first(client: Client, query: str):
    chips = page(client, query).select("[aria-labelledby=nearest-h] a")

    assert [text(chip) for chip in chips][:2] == ["Protection from retaliation", "Collections"]


@pytest.mark.usefixtures("_held")
def test_organizers_say_how_else_a_topic_is_called(client: Client, organiser: User):
    before = titles(page(client, q="garnishment"))

    client.force_login(organiser)
    typed = "Liens\n garnishment  of wages\ngarnishments\n\nliens\n"
    answer = client.post("/manage/topics/collections/", {"synonyms": typed}, follow=True)
    client.logout()

    rows = BeautifulSoup(answer.content, "html.parser").select("tbody tr")
    assert text(rows[1]) == "Collections garnishment of wages, garnishments, liens"
    assert (before, titles(page(client, q="garnishment"))) == ([], ["Getting judgments paid"])


@pytest.mark.parametrize("typed", ["§", "x" * 101, "\n".join(f"word {n}" for n in range(51))])
def test_words_that_cannot_be_searched_for_are_refused(client: Client, organiser: User, typed: str):
    topic = make_topic(slug="collections")
    Synonym.objects.create(topic=topic, text="liens")
    client.force_login(organiser)

    answer = client.post("/manage/topics/collections/", {"synonyms": typed})

    assert BeautifulSoup(answer.content, "html.parser").select_one(".error-summary")
    assert [str(one) for one in topic.synonyms.all()] == ["liens"]


def test_directory_that_finds_nobody_leads_to_the_search(client: Client):
    soup = BeautifulSoup(client.get("/agencies/?q=liens&state=CA").content, "html.parser")

    assert [link["href"] for link in soup.select(".empty a")] == ["/library/?q=liens"]
