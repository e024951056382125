"""The library as a visitor sees it: search, filters with counts, chips, pages."""

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from accounts.models import User
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
    make_community,
    make_member,
    make_session,
    make_topic,
    make_webinar,
)
from webinars.models import Presenter, Webinar


def page(client: Client, query: str = "", **fields: Any) -> Any:
    answer = client.get(f"/library/{query}", fields or None)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def titles(soup: Any) -> list[str]:
    return [heading.text for heading in soup.select(".ledger .h-entry")]


def choices(soup: Any, name: str) -> list[str]:
    return [option.text for option in soup.select(f"[name={name}] option")][1:]


def past(**fields: Any) -> Webinar:
    return make_webinar(**{"starts_at": None, "held_on": date(2017, 2, 7)} | fields)


def past_session(**fields: Any):
    return make_session(
        **{"starts_at": None, "held_on": date(2017, 8, 2), "has_public_summary": True} | fields
    )


def test_library_lists_what_is_over_newest_first(client: Client):
    past(title="February")
    past_session(title="August")
    make_webinar(title="Next year", starts_at=NOW + timedelta(days=400))

    assert titles(page(client)) == ["August", "February"]


def test_best_match_comes_first(client: Client):
    past(title="Intake", summary="Also of liens", held_on=date(2018, 1, 1))
    past(title="Liens and more liens", held_on=date(2016, 1, 1))

    soup = page(client, q="lien")

    assert titles(soup) == ["Liens and more liens", "Intake"]
    assert [mark.text for mark in soup.select("mark")] == ["Liens", "liens", "liens"]


def test_choices_say_how_much_each_would_find(client: Client):
    liens, bonds = make_topic(name="Liens", slug="liens"), make_topic(name="Bonds", slug="bonds")
    past(topics=(liens, bonds))
    past(topics=(liens,), held_on=date(2018, 5, 5))
    session = past_session()
    session.topics.add(liens)

    soup = page(client, topic="liens", year="2017")

    assert [" ".join(h.text.split()) for h in soup.select("main .section__head h2")] == [
        "2 results"
    ]
    assert choices(soup, "topic") == ["Bonds (1)", "Liens (2)"]
    assert choices(soup, "year") == ["2018 (1)", "2017 (2)"]
    labels = [label.text for label in soup.select("fieldset .usa-radio__label")]
    assert labels == ["Both kinds", "Webinar (1)", "Community session (1)"]


def test_filter_by_agency_knows_speakers_and_files_no_session_under_anybody(client: Client):
    agency, other = make_agency(slug="ours", name="Ours"), make_agency(slug="theirs", name="Theirs")
    spoken = past(title="Spoken")
    for name in ("First", "Second"):
        Presenter.objects.create(webinar=spoken, agency=agency, name=name)
    past(title="Without us")
    past_session(title="Met", community=make_community(agency, other))
    client.force_login(make_member(other))

    ours, theirs = page(client, agency="ours"), page(client, agency="theirs")

    assert (titles(ours), titles(theirs)) == (["Spoken"], [])
    assert choices(ours, "agency") == ["Ours (1)"]


@pytest.mark.parametrize("kind", ["webinar", "session"])
def test_filter_by_kind(client: Client, kind: str):
    past(title="webinar")
    past_session(title="session")

    soup = page(client, kind=kind)

    assert titles(soup) == [kind]
    assert choices(soup, "year") == ["2017 (1)"]


def test_words_of_a_closed_description_find_nothing_for_outsiders(client: Client):
    agency = make_agency()
    past_session(
        title="Met", description="Whistleblower at the mill", community=make_community(agency)
    )

    outside = page(client, q="whistleblower")
    client.force_login(make_member(agency))
    inside = page(client, q="whistleblower")

    assert (titles(outside), titles(inside)) == ([], ["Met"])


def test_counts_know_only_what_the_reader_may_see(client: Client, organiser: User):
    topic = make_topic(name="Liens")
    past(topics=(topic,))
    past(topics=(topic,), visibility="members")
    past(topics=(topic,), state="draft", published_at=None)
    past_session(has_public_summary=False).topics.add(topic)

    visitor = choices(page(client), "topic")
    client.force_login(organiser)
    signed_in = choices(page(client), "topic")

    assert (visitor, signed_in) == (["Liens (1)"], ["Liens (3)"])


def test_each_chip_leads_to_the_page_without_its_filter(client: Client):
    make_topic(slug="liens", name="Liens")

    soup = page(client, "?q=wage bond&topic=liens&year=2017&kind=session&page=3")

    on = soup.select("[aria-label='Active filters'] a")
    chips = {chip.text.split(": ")[1].strip(): chip["href"] for chip in on}
    assert chips == {
        "“wage bond”": "?topic=liens&year=2017&kind=session",
        "Liens": "?q=wage+bond&year=2017&kind=session",
        "2017": "?q=wage+bond&topic=liens&kind=session",
        "Community session": "?q=wage+bond&topic=liens&year=2017",
    }
    assert soup.select_one(".sheet-btn").text.strip() == "Filters: 3 on"


def test_empty_page_says_what_to_change(client: Client):
    soup = page(client, q="prevailing wage", year="2017")

    empty = soup.select_one(".empty")
    heading = " ".join(empty.h2.text.split())
    assert heading == "Nothing matches “prevailing wage” under these filters"
    links = {link.text.strip(): link["href"] for link in empty.select("a")}
    assert links == {
        "Search without filters": "/library/?q=prevailing+wage",
        "Show everything": "/library/",
        "Suggest it as a topic": "mailto:learning@example.org?subject=prevailing%20wage",
    }


def test_empty_library_does_not_blame_the_search(client: Client):
    assert page(client).select_one(".empty h2").text.strip() == "Nothing is here yet"


def test_filters_that_are_on_without_a_result_stay_chosen(client: Client):
    make_topic(slug="liens", name="Liens")
    past()

    soup = page(client, topic="liens", year="2001", kind="webinar", agency="")

    chosen = [option.text for option in soup.select("option[selected]")]
    assert chosen == ["Liens (0)", "2001 (0)"]
    assert soup.select_one("[name=kind][value=webinar]").has_attr("checked")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("topic", "nothing", "Topic: There is no such topic. All topics are shown."),
        ("topic", "\x00", "Topic: Null characters are not allowed."),
        ("agency", "9", "Agency that spoke: There is no such agency. All agencies are shown."),
        ("agency", "\x00", "Agency that spoke: Null characters are not allowed."),
        ("year", "last", "Year: Enter a number."),
        ("year", "99999", "Year: Ensure this value is less than or equal to 9999."),
        ("kind", "x", "Kind: Select a valid choice. x is not one of the available choices."),
    ],
)
def test_silly_filter_is_named_and_the_rest_kept(client: Client, name: str, value: str, said: str):
    past(title="Liens")
    past(title="Bonds")

    soup = page(client, q="liens", **{name: value})

    assert [error.text for error in soup.select(".error-summary li")] == [said]
    assert titles(soup) == ["Liens"]
    assert soup.select_one("#id_q")["value"] == "liens"


@pytest.mark.parametrize(
    "text", ["\x00liens", "x" * 10_000, "liens \x02 bonds", ":* & | !", "'\"<script>"]
)
def test_odd_words_are_answered_and_kept(client: Client, text: str):
    past()

    soup = page(client, q=text)

    assert soup.select_one("#id_q")["value"] == text


@pytest.mark.parametrize(
    ("number", "shown"),
    [("1", 1), ("2", 2), ("1e9", 1), ("-1", 2), ("x", 1), ("9" * 5000, 1), ("999999", 2), ("", 1)],
)
def test_silly_page_shows_a_page(client: Client, number: str, shown: int):
    for _ in range(21):
        past()

    soup = page(client, page=number)

    assert soup.select_one(".usa-pagination [aria-current=page]").text == f"Page {shown}"
    assert len(titles(soup)) == (20 if shown == 1 else 1)


def test_pages_keep_the_filters(client: Client):
    for _ in range(21):
        past(title="Liens")

    soup = page(client, "?q=lien&year=2017")

    following = soup.select_one(".usa-pagination__next-page")["href"]
    assert following == "?q=lien&year=2017&page=2"
    assert len(titles(page(client, following))) == 1
