"""Calendars and the Atom feed as programs fetch them."""

from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from icalendar import Calendar

from accounts.models import User
from tests.browsers import Client
from tests.factories import NOW, make_webinar

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESSES = ("/webinars/calendar.ics", "/webinars/liens/calendar.ics", "/webinars/feed/")


def summaries(client: Client) -> list[str]:
    calendar = Calendar.from_ical(client.get("/webinars/calendar.ics").content)
    return [str(entry["summary"]) for entry in calendar.walk("VEVENT")]


def atom(client: Client) -> Any:
    return ElementTree.fromstring(client.get("/webinars/feed/").content)  # noqa: S314 our own


def test_calendar_holds_public_webinars_whoever_asks(client: Client, organiser: User):
    make_webinar(title="For everybody")
    make_webinar(title="Called off", state="cancelled", cancelled_at=NOW)
    make_webinar(title="Draft", state="draft", published_at=None)
    make_webinar(title="Members", visibility="members")
    client.force_login(organiser)

    assert summaries(client) == ["Called off", "For everybody"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_what_has_not_changed_is_not_sent_again(client: Client, path: str):
    webinar = make_webinar(slug="liens")
    tag = client.get(path).headers["ETag"]

    again = client.get(path, headers={"If-None-Match": tag})
    webinar.title = "Bonds"
    webinar.save()
    changed = client.get(path, headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


@pytest.mark.parametrize("path", ["/webinars/calendar.ics", "/webinars/feed/"])
def test_one_webinar_less_is_a_change(client: Client, path: str):
    make_webinar()
    gone = make_webinar()
    tag = client.get(path).headers["ETag"]

    gone.delete()

    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/webinars/calendar.ics", "text/calendar; charset=utf-8"),
        ("/webinars/liens/calendar.ics", "text/calendar; charset=utf-8"),
        ("/webinars/feed/", "application/atom+xml; charset=utf-8"),
    ],
)
def test_feeds_say_what_they_are(client: Client, path: str, kind: str):
    make_webinar(slug="liens")

    assert client.get(path).headers["Content-Type"] == kind


def test_one_webinar_is_offered_as_a_file(client: Client):
    make_webinar(slug="liens", title="Liens", join_url="https://meet.example.org/1")

    answer = client.get("/webinars/liens/calendar.ics")

    assert answer.headers["Content-Disposition"] == 'inline; filename="liens.ics"'
    assert b"meet.example.org" not in answer.content


@pytest.mark.parametrize(
    "fields", [{"state": "draft", "published_at": None}, {"visibility": "members"}]
)
def test_calendar_of_what_one_may_not_see_is_not_found(client: Client, fields: dict[str, Any]):
    make_webinar(slug="liens", **fields)

    assert client.get("/webinars/liens/calendar.ics").status_code == 404


def test_atom_entry_is_complete(client: Client):
    published = datetime(2026, 11, 20, 9, tzinfo=UTC)
    webinar = make_webinar(
        title="Liens & bonds",
        summary="Wages < owed",
        slug="liens",
        published_at=published,
        starts_at=datetime(2027, 1, 14, 18, tzinfo=UTC),
    )

    [entry] = atom(client).findall(f"{ATOM}entry")

    said = {part.tag.removeprefix(ATOM): part.text for part in entry}
    assert said == {
        "title": "Liens & bonds",
        "link": None,
        "published": "2026-11-20T09:00:00+00:00",
        "updated": webinar.changed_at.isoformat(),
        "id": f"urn:uuid:{webinar.uid}",
        "summary": (
            "<p>Thursday, January 14, 2027, 1:00 to 2:15 p.m. Eastern</p><p>Wages &lt; owed</p>"
        ),
    }
    assert entry.find(f"{ATOM}link").get("href") == f"{settings.SITE_URL}/webinars/liens/"


def test_atom_feed_has_what_rfc_4287_asks_for(client: Client):
    webinars = [make_webinar(summary="A & <b>"), make_webinar(summary="")]

    feed = atom(client)

    entries = feed.findall(f"{ATOM}entry")
    once = {"id", "title", "updated"}
    for part in (feed, *entries):
        names = [child.tag.removeprefix(ATOM) for child in part]
        assert {name for name in names if names.count(name) == 1} >= once
        assert datetime.fromisoformat(part.findtext(f"{ATOM}updated")).tzinfo is not None
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert sorted(ids) == sorted(f"urn:uuid:{webinar.uid}" for webinar in webinars)
    assert len(feed.findall(f"{ATOM}author")) == 1  # for the entries, too: they name none
    assert {entry.find(f"{ATOM}summary").get("type") for entry in entries} == {"html"}
    updated = max(entry.findtext(f"{ATOM}updated") for entry in entries)
    assert feed.findtext(f"{ATOM}updated") == updated


def test_atom_feed_names_itself_by_the_portals_own_address(client: Client):
    feed = ElementTree.fromstring(  # noqa: S314 our own
        client.get("/webinars/feed/", headers={"Host": "localhost"}).content
    )

    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "alternate": f"{settings.SITE_URL}/webinars/",
        "self": f"{settings.SITE_URL}/webinars/feed/",
    }
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == settings.SITE_NAME


def test_atom_tells_a_cancellation_and_a_day_without_hours(client: Client):
    make_webinar(
        title="Liens\x0b",
        starts_at=None,
        held_on=date(2017, 8, 2),
        state="cancelled",
        cancelled_at=NOW,
        summary="",
    )

    [entry] = atom(client).findall(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}title") == "Canceled: Liens"
    assert entry.findtext(f"{ATOM}summary").startswith("<p>Wednesday, August 2, 2017</p>")
