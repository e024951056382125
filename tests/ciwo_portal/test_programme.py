"""The record of 2017: what is on record, no more; a bad document changes nothing."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.management import CommandError, call_command
from icalendar import Calendar

from agencies.models import Agency, Community
from ciwo_portal import directory
from ciwo_portal.management.commands import import_agencies, import_programme
from library import keeping
from library.models import NamedPlace, Programme, Topic
from sessions.models import PracticeSession
from tests.factories import make_user, make_webinar
from webinars.models import Webinar

Change = Callable[[dict[str, Any]], object]

WEBINARS = [
    (date(2017, 2, 7), "Protecting vulnerable immigrant workers against retaliation"),
    (date(2017, 4, 3), "Intake and triage processes"),
    (date(2017, 6, 6), "Investigations"),
    (
        date(2017, 10, 31),
        (
            "Strategies for Improved Collections on Wage and Paid Sick Day Judgments and "
            "Settlement Agreements"
        ),
    ),
    (date(2017, 12, 20), "Strategic enforcement"),
]
SESSIONS = [
    (date(2017, 8, 2), "Collections strategies"),
    (date(2017, 9, 6), "Settlement negotiations"),
    (
        date(2017, 10, 26),
        (
            "Developing Protocols for State and Local Agencies to Protect Immigrant Workers "
            "and Labor Law Enforcement Efforts"
        ),
    ),
    (date(2017, 12, 19), "Joint employer liability and multi-jurisdictional cooperation"),
]


@pytest.fixture(autouse=True)
def _directory() -> None:
    directory.load(import_agencies.DOCUMENT)


def load(path: Path = import_programme.DOCUMENT) -> str:
    said = StringIO()
    call_command("import_programme", str(path), stdout=said)
    return said.getvalue()


def counts() -> list[int]:
    models = (Webinar, PracticeSession, Topic, Community, Programme)
    return [model.objects.count() for model in models]


def test_record_holds_five_webinars_and_four_sessions_on_their_days():
    load()

    webinars = list(Webinar.objects.order_by("held_on").values_list("held_on", "title"))
    sessions = list(PracticeSession.objects.order_by("held_on").values_list("held_on", "title"))
    assert (webinars, sessions) == (WEBINARS, SESSIONS)


def test_record_invents_no_hours_recordings_or_numbers():
    load()

    events = [*Webinar.objects.all(), *PracticeSession.objects.all()]
    assert {(e.starts_at, e.ends_at, e.time_zone, e.join_url, e.capacity) for e in events} == {
        (None, None, "", "", None)
    }
    assert sum(event.resources.count() for event in events) == 0


def test_record_keeps_the_wording_of_its_source():
    load()

    third = PracticeSession.objects.get(held_on=date(2017, 10, 26))
    average = Programme.objects.get(year=2017)
    assert third.source_text == (
        "Developing Protocols for State and Local Agencies to Protect Immigrant Workers and Labor "
        "Law Enforcement Efforts (October 26, 2017)"
    )
    assert (average.participants_low, average.participants_high) == (100, 120)
    assert average.participants_source == (
        "On average each webinar included 100-120 participants from across the country."
    )


PLACES = [
    ("San Francisco", "San Francisco Office of Labor Standards Enforcement"),
    ("LA County", "Los Angeles County Department of Consumer and Business Affairs"),
    ("LA City", "City of Los Angeles Bureau of Contract Administration"),
    ("Santa Monica", "City of Santa Monica"),
    ("San Jose", "City of San José Office of Equality Assurance"),
    ("Oakland", "City of Oakland Department of Workplace and Employment Standards"),
    ("San Diego", ""),  # the record does not say whether it is the city or the county
]


def test_record_names_places_in_its_words_and_puts_no_agency_of_today_anywhere(client: Any):
    load()
    circle = Community.objects.get(slug="community-of-learning-and-practice")

    home = lines(client.get("/"), "agencies of these places")
    pages = {
        place.slug: lines(client.get(place.get_absolute_url()), "Named in the record")
        for place in Community.objects.all()
    }

    whole = [name + (f" today: {today}" if today else "") for name, today in PLACES]
    assert [line.replace(", today:", " today:") for line in home] == whole
    assert (pages["learning-community"], pages[circle.slug]) == (whole, whole[:3])
    assert [list(community.agencies.all()) for community in Community.objects.all()] == [[], []]
    library = BeautifulSoup(client.get("/library/").content, "html.parser")
    assert [option.text for option in library.select("[name=agency] option")] == ["Any agency"]
    for topic in Topic.objects.all():
        assert "/agencies/" not in str(main(client.get(topic.get_absolute_url())))


def test_quotations_begin_and_end_where_the_sentences_of_the_record_do(client: Any):
    load()
    sentences = json.loads(import_programme.DOCUMENT.read_text())["text"]
    rows = [*Topic.objects.all(), *Community.objects.all(), *Webinar.objects.all()]
    rows += [*PracticeSession.objects.all(), *Agency.objects.exclude(named_places=None)]

    quoted = {row: main(client.get(row.get_absolute_url())).select("blockquote") for row in rows}

    assert [row for row in rows if not quoted[row]] == []
    said = {p.text for found in quoted.values() for quote in found for p in quote.select("p")}
    assert said - set(sentences) == set()


def test_pages_of_the_year_lead_to_what_came_before_and_after(client: Any):
    load()
    held = sorted((*Webinar.objects.all(), *PracticeSession.objects.all()), key=day_of)

    pages = [main(client.get(event.get_absolute_url())) for event in held]

    titles = [event.title for event in held]
    beside = [titles[max(0, at - 1) : at] + titles[at + 1 : at + 2] for at in range(len(held))]
    assert [below(page, "Next to it in 2017") for page in pages] == beside
    # Where the page is, and its heading.
    assert {page.text.count(event.title) for event, page in zip(held, pages, strict=True)} == {2}
    collections = pages[titles.index("Collections strategies")]
    assert below(collections, "After it on the same topic") == [WEBINARS[3][1]]


def day_of(event: Any) -> date:
    return event.held_on  # type: ignore[no-any-return] # of either kind


def below(page: Any, head: str) -> list[str]:
    """Return the titles in the ledger below a heading."""
    ledger = page.find("h2", string=head).find_next("ol")
    return [link.text for link in ledger.select("h3 a")]


@pytest.mark.parametrize("used", ["", "facilitator", "webinar"])
def test_nobody_stays_in_communities_of_2017_by_the_record_alone(used: str):
    load()
    migration = import_module("sessions.migrations.0009_nobody_joined_by_the_record")
    rooms = list(Community.objects.order_by("slug"))
    for room in rooms:
        room.agencies.set(Agency.objects.filter(slug__in=migration.LOADED[room.slug]))
    before = [room.agencies.count() for room in rooms]
    if used == "facilitator":
        rooms[0].facilitators.add(make_user())
    if used == "webinar":
        make_webinar(community=rooms[0])

    migration.clear(apps, None)

    assert (before, [room.agencies.count() for room in rooms]) == ([3, 7], [3 * bool(used), 0])


def main(response: Any) -> Any:
    return BeautifulSoup(response.content, "html.parser").main


def lines(response: Any, head: str) -> list[str]:
    """Return the lines of the list below these words."""
    below = main(response).find(string=re.compile(head)).find_next("ul")
    return [" ".join(line.text.split()) for line in below.find_all("li")]


def test_loading_again_adds_nothing_and_keeps_addresses():
    said = load()
    before = counts(), set(Webinar.objects.values_list("pk", "slug", "uid"))

    assert (
        load() == said == ("loaded: {'topics': 8, 'webinars': 5, 'sessions': 4, 'agencies': 7}\n")
    )
    assert (counts(), set(Webinar.objects.values_list("pk", "slug", "uid"))) == before


def test_topics_begin_with_synonyms_which_organizers_go_on_with():
    load()
    collections = Topic.objects.get(slug="collections")
    before = collections.synonyms.filter(text__in=["liens", "wage recovery"]).count()
    keeping.say_otherwise(topic=collections, synonyms=[])

    load()

    assert (before, collections.synonyms.count()) == (2, 0)


def test_loading_again_leaves_what_people_changed():
    load()
    models: tuple[Any, ...] = (Topic, Community, Webinar, PracticeSession)
    rows = [model.objects.exclude(source_text="").first() for model in models]
    for row, name in zip(rows, ("name", "name", "title", "title"), strict=True):
        setattr(row, name, "Edited")
        row.source_text = "Lost"
        row.save()
    rows[2].topics.clear()

    load()

    for row in rows:
        row.refresh_from_db()
    assert [str(row) for row in rows] == ["Edited"] * 4
    assert ["Lost" in row.source_text for row in rows] == [False] * 4
    assert rows[2].topics.count() == 0


def test_days_of_the_record_get_no_hour_in_calendars_feeds_and_search_engines(client: Any):
    load()
    days = [day for day, _title in reversed(WEBINARS)]

    calendar: Any = Calendar.from_ical(client.get("/webinars/calendar.ics").content)
    feed = BeautifulSoup(client.get("/webinars/feed/").content, "xml")
    pages = [client.get(one.get_absolute_url()) for one in Webinar.objects.order_by("-held_on")]
    told = [json.loads(script(page)) for page in pages]

    assert [entry.start for entry in calendar.walk("VEVENT")] == days
    assert [one.get("startDate") for one in told] == [day.isoformat() for day in days]
    assert [one for one in told if "endDate" in one] == []
    assert (len(feed.find_all("entry")), feed.find_all("published")) == (5, [])


def script(page: Any) -> str:
    soup = BeautifulSoup(page.content, "html.parser")
    return soup.select("script[type='application/ld+json']")[0].text


@pytest.mark.parametrize(("hour", "is_coming"), [(9, True), (11, False)])
def test_day_without_an_hour_is_over_when_it_is_over_everywhere(hour: int, is_coming: bool):
    now = datetime(2026, 11, 24, hour, tzinfo=UTC)  # 11 p.m. of the day before in Honolulu, 1 a.m.
    webinar = make_webinar(starts_at=None, held_on=date(2026, 11, 23))

    found = [list(Webinar.objects.upcoming(now)), list(Webinar.objects.past(now))]

    assert found == ([[webinar], []] if is_coming else [[], [webinar]])


def removes(name: str, *path: Any) -> Change:
    def change(document: dict[str, Any]) -> object:
        for step in path:
            document = document[step]
        return document.pop(name)

    return change


def puts(name: Any, value: Any, *path: Any) -> Change:
    def change(document: dict[str, Any]) -> object:
        for step in path:
            document = document[step]
        document[name] = value
        return None

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (puts("schema", "other/1"), "{path}: the field schema must be 'ciwo-programme/1'"),
        (removes("webinars"), "the document: the field webinars is missing"),
        (puts("webinars", {}), "the document: the field webinars must be a list, not {{}}"),
        (removes("title", "webinars", 4), "webinars[4]: the field title is missing"),
        (puts("title", 7, "sessions", 3), "sessions[3]: the field title must be a str, not 7"),
        (puts(2, "text", "topics"), "topics[2]: must be an object with fields"),
        (
            puts("date", "2017-02-30", "webinars", 0),
            "webinars[0]: the field date must be like 2017-02-07, not '2017-02-30'",
        ),
        (
            puts("start_time", "10:00", "sessions", 1),
            "sessions[1]: the field start_time must be empty: only days are on record",
        ),
        (
            puts("topics", ["topic:none"], "sessions", 3),
            "sessions[3]: the field topics names 'topic:none', which is not a topic",
        ),
        (
            puts("community", "community:none", "sessions", 3),
            "sessions[3]: the field community names 'community:none', which is not in the document",
        ),
        (
            puts("id", "agency:none", "agencies", 6),
            (
                "agencies[6]: no agency of the directory is matched with agency:none; import the "
                "directory first"
            ),
        ),
        (puts("webinars", 6, "checks"), "checks: 6 webinars are announced, 5 listed"),
        (
            puts("title", "x" * 201, "webinars", 4),
            "webinars[4]: the field title is longer than 200 characters",
        ),
        (
            puts("low", 130, "average_participants"),
            "average_participants: the field low must not be above high",
        ),
        (
            puts("id", "webinar:2017-12-20 strategic", "webinars", 4),
            (
                "webinars[4]: the field id must end in letters, digits and hyphens, not "
                "'2017-12-20 strategic'"
            ),
        ),
    ],
)
def test_bad_document_names_the_field_and_loads_nothing(tmp_path: Path, change: Change, said: str):
    document = json.loads(import_programme.DOCUMENT.read_text())
    change(document)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(document))

    with pytest.raises(CommandError) as refused:
        load(path)

    assert str(refused.value) == said.format(path=path)
    assert counts() == [0, 0, 0, 0, 0]
    assert not NamedPlace.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{\n "schema": 1,,\n}', "line 2: Expecting property name enclosed in double quotes"),
        (b"\xff\xfe", "not a UTF-8 text"),
        (b"[]", "the field schema must be 'ciwo-programme/1'"),
        (b"[" * 100_000, "the text is nested too deeply"),
    ],
)
def test_what_is_no_document_names_the_line(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "bad.json"
    path.write_bytes(content)

    with pytest.raises(CommandError) as refused:
        load(path)

    assert str(refused.value).removeprefix(str(path)).lstrip(",: ") == said
    assert counts() == [0, 0, 0, 0, 0]


def test_missing_document_is_named(tmp_path: Path):
    with pytest.raises(CommandError, match=r"none\.json: No such file"):
        load(tmp_path / "none.json")
