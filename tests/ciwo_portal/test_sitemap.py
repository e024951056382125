"""What search engines read: the map of public pages, addresses, data about events."""

import json
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from ciwo_portal.views import sitemap
from surveys.models import Response
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
    make_answer,
    make_community,
    make_question,
    make_response,
    make_session,
    make_topic,
    make_wave,
    make_webinar,
)

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = settings.SITE_URL


def places(client: Client, path: str) -> list[str]:
    answer = client.get(path, headers={"Host": "localhost"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml")
    found = ElementTree.fromstring(answer.content).iter(f"{SPACE}loc")  # noqa: S314 our own
    return [str(place.text).removeprefix(SITE) for place in found]


def addresses(client: Client) -> set[str]:
    return {place for file in places(client, "/sitemap.xml") for place in places(client, file)}


def test_sitemap_lists_public_pages_alone(client: Client):
    circle = make_community(make_agency(slug="town"), slug="circle")
    hidden = make_community(slug="hidden", is_listed=False)
    make_topic(slug="liens")
    make_webinar(slug="open")
    make_webinar(slug="members", visibility="members")
    make_webinar(slug="draft", state="draft", published_at=None)
    make_webinar(slug="invented", is_demo=True)
    make_session(circle, slug="summary", has_public_summary=True)
    make_session(circle, slug="inner")
    make_session(hidden, slug="other", has_public_summary=True)
    named = make_published()
    make_wave()

    assert addresses(client) == {
        *("/", "/topics/", "/library/", "/webinars/", "/communities/", "/agencies/"),
        *("/surveys/findings/", f"/surveys/{named.wave.slug}/findings/"),
        *("/accessibility/", "/privacy/", "/topics/liens/", "/webinars/open/"),
        *("/communities/circle/", "/communities/circle/summary/", "/agencies/town/"),
        named.agency.get_absolute_url(),
    }


def test_map_of_many_pages_has_several_files(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sitemap, "AT_MOST", 2)
    webinars = [make_webinar() for _ in range(5)]

    files = [place for place in places(client, "/sitemap.xml") if "webinars" in place]

    assert files == [f"/sitemap-webinars-{number}.xml" for number in (1, 2, 3)]
    listed = [place for file in files for place in places(client, file)]
    assert listed == [webinar.get_absolute_url() for webinar in webinars]


def test_everything_on_the_map_is_there_and_says_who_it_is(client: Client):
    make_session(make_community(make_agency()), has_public_summary=True).topics.add(make_topic())
    make_webinar()

    for address in addresses(client):
        page: Any = BeautifulSoup(client.get(address, {"utm": "1"}).content, "html.parser")
        assert page.select_one("link[rel=canonical]")["href"] == f"{SITE}{address}"
        assert page.select_one("meta[name=description]")["content"].strip()
        assert page.title.text.removesuffix(f" | {settings.SITE_NAME}").strip()


def test_titles_and_descriptions_differ(client: Client):
    make_session(make_community(make_agency()), has_public_summary=True).topics.add(make_topic())
    make_published()
    for number in range(32):
        make_webinar(held_on=date(2017, 2, 7), starts_at=None, summary=f"On {number} things.")
    paths = ["/webinars/?page=2", "/accounts/login/", "/accounts/signup/", *addresses(client)]
    pages: list[Any] = [read(client, path) for path in paths]

    for chosen in ("title", "meta[name=description]", "link[rel=canonical]"):
        said = [str(page.select_one(chosen)) for page in pages]
        assert sorted(set(said)) == sorted(said)
    assert pages[0].select_one("link[rel=canonical]")["href"] == f"{SITE}/webinars/?page=2"


def test_page_says_what_others_show_of_it(client: Client):
    page = read(client, "/webinars/")

    said = {tag["property"]: tag["content"] for tag in page.select("meta[property]")}
    assert said["og:title"] == "Webinars"
    assert said["og:description"] == page.select_one("meta[name=description]")["content"]
    assert said["og:image"] == f"{SITE}{static('img/share.png')}"
    assert page.select_one("link[rel=alternate]")["href"] == "/webinars/feed/"
    manifest = client.get(page.select_one("link[rel=manifest]")["href"])
    icons = [
        finders.find(icon["src"].removeprefix("/static/")) for icon in manifest.json()["icons"]
    ]
    assert manifest.headers["Content-Type"] == "application/manifest+json"
    assert None not in icons


def make_published() -> Response:
    """A response whose agency says something to everybody."""
    question = make_question(default_sharing="public")
    response = make_response(
        make_wave(question.section.survey), state="submitted", submitted_at=NOW
    )
    make_answer(response, question, "yes")
    return response


def test_robots_are_led_to_the_map(client: Client):
    last = client.get("/robots.txt").content.decode().splitlines()[-1]

    assert last == f"Sitemap: {SITE}/sitemap.xml"


def read(client: Client, path: str) -> Any:
    return BeautifulSoup(client.get(path).content, "html.parser")


def data(client: Client, slug: str = "liens") -> Any:
    page: Any = BeautifulSoup(client.get(f"/webinars/{slug}/").content, "html.parser")
    block = page.select_one("script[type='application/ld+json']")
    return json.loads(block.string) if block else None


def test_public_webinar_is_described_as_an_event(client: Client):
    make_webinar(
        slug="liens",
        title="Liens </script><b>& bonds",
        summary="What it costs.",
        starts_at=datetime(2027, 1, 14, 18, tzinfo=UTC),
        join_url="https://meet.example.org/1",
    )

    assert data(client) == {
        "@context": "https://schema.org",
        "@type": "EducationEvent",
        "name": "Liens </script><b>& bonds",
        "url": f"{SITE}/webinars/liens/",
        "startDate": "2027-01-14T13:00:00-05:00",
        "endDate": "2027-01-14T14:15:00-05:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "isAccessibleForFree": True,
        "location": {"@type": "VirtualLocation", "url": f"{SITE}/webinars/liens/"},
        "organizer": {"@type": "Organization", "name": "CIWO", "url": SITE},
        "description": "What it costs.",
    }


def test_day_without_hours_is_described_as_a_day(client: Client):
    make_webinar(
        slug="liens",
        starts_at=None,
        held_on=date(2017, 2, 7),
        summary="",
        state="cancelled",
        cancelled_at=NOW,
    )

    said = data(client)

    assert said["startDate"] == "2017-02-07"
    assert said["eventStatus"] == "https://schema.org/EventCancelled"
    assert {"endDate", "description"} & said.keys() == set()


@pytest.mark.parametrize(
    "fields", [{"visibility": "members"}, {"state": "draft", "published_at": None}]
)
def test_what_is_not_everybodys_is_not_described(organiser_client: Client, fields: dict[str, Any]):
    make_webinar(slug="liens", **fields)

    assert data(organiser_client) is None
