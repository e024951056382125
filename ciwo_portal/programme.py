"""Load the record of a year's programme: real events with dates and without invented hours."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.validators import slug_re
from django.db import transaction
from django.utils.text import slugify

from agencies.models import Agency, Community
from ciwo_portal.documents import BadDocument, field, read, rows, text
from events.models import Event
from library import keeping
from library.models import NamedPlace, Programme, Synonym, Topic
from sessions.models import PracticeSession
from webinars.models import Webinar

SCHEMA = "ciwo-programme/1"
# What people call a topic; an editor's choice, which organizers go on with.
SYNONYMS = json.loads((Path(__file__).parent / "data" / "synonyms.json").read_text())
# Who does this work today in the places that the record names: an editor's match with the
# directory. The record does not say whether San Diego is the city or the county.
DIRECTORY = {
    "agency:sf": "ca-san-francisco-office-of-labor-standards-enforcement",
    "agency:la-county": "ca-los-angeles-county-department-of-consumer-and-business-affairs",
    "agency:la-city": "ca-city-of-los-angeles-bureau-of-contract-administration",
    "agency:santa-monica": "ca-city-of-santa-monica",
    "agency:san-jose": "ca-city-of-san-jose-office-of-equality-assurance",
    "agency:oakland": "ca-city-of-oakland-department-of-workplace-and-employment-standards",
    "agency:san-diego": None,
}


@transaction.atomic
def load(path: Path) -> dict[str, int]:
    """Load the document and return how many rows of each kind it holds; all of it or nothing.

    Loading again renews what is quoted, adds what is missing, and leaves the words, topics and
    states that people have changed since. Raises BadDocument.
    """
    document = read(path, SCHEMA)
    year = field(field(document, "programme", dict, "the document"), "year", int, "programme")
    has_synonyms = Synonym.objects.exists()
    topics = {
        key: _topic(where, row, n, document, has_synonyms=has_synonyms)
        for n, (where, row, key) in _keyed(document, "topics")
    }
    communities = {
        key: _community(where, row, document)
        for _, (where, row, key) in _keyed(document, "communities")
    }
    programme = _programme(document, year)
    for position, (where, row, key) in _keyed(document, "agencies"):
        said = _sentences(document, where, row)
        place = _place(
            where, row, programme, position=position, today=_today(where, key), said=said
        )
        place.communities.set(_named_in(where, row, communities))
    for where, row in rows(document, "webinars"):
        webinar, is_new = _webinar(where, row, communities, programme.partner)
        _hang(webinar, _topics(where, row, topics), is_new=is_new)
    for where, row in rows(document, "sessions"):
        session, is_new = _session(where, row, communities)
        _hang(session, _topics(where, row, topics), is_new=is_new)
    counts = {name: len(document[name]) for name in ("topics", "webinars", "sessions", "agencies")}
    _check(document, counts)
    return counts


def _hang(event: Webinar | PracticeSession, topics: list[Topic], *, is_new: bool) -> None:
    """Put a new event under its topics; organizers go on with them."""
    if is_new:
        event.topics.set(topics)


def _keyed(document: dict[str, Any], name: str) -> Any:
    return enumerate(
        (where, row, field(row, "id", str, where)) for where, row in rows(document, name)
    )


def _sentences(document: dict[str, Any], where: str, row: Any) -> str:
    """Return the sentences of the record that hold the row's source, from their first word to their
    last, each a paragraph; "" where the record has no such sentence, but a line of a list.
    """
    return _holding(document, field(row, "source", str, where).split(" / "))


def _holding(document: dict[str, Any], parts: list[str]) -> str:
    sentences = field(document, "text", list, "the document") if "text" in document else []
    return "\n\n".join(one for one in sentences if any(part in one for part in parts))


def _topic(
    where: str, row: Any, position: int, document: dict[str, Any], *, has_synonyms: bool
) -> Topic:
    values = {
        "name": text(row, "label", where, 120),
        "description": field(row, "description", str, where),
        "source_text": _sentences(document, where, row),
        "position": position,
    }
    slug = _slug(row, "slug", where)
    topic: Topic
    topic, is_new = _kept(Topic, slug, values)
    if is_new or not has_synonyms:  # a portal from before there were any; organizers go on
        keeping.say_otherwise(topic=topic, synonyms=SYNONYMS.get(slug, ()))
    return topic


def _kept(model: Any, slug: str, values: dict[str, Any]) -> tuple[Any, bool]:
    """Return the row and whether it is new; of one that is there only the quotation is renewed."""
    quoted = {"source_text": values["source_text"]}
    found: tuple[Any, bool] = model.objects.update_or_create(
        slug=slug, defaults=quoted, create_defaults=values
    )
    return found


def _place(
    where: str, row: Any, programme: Programme, *, position: int, today: Agency | None, said: str
) -> NamedPlace:
    """Keep the place as the record names it; who came to which event the record does not say."""
    values = {
        "position": position,
        "source_text": said,
        "agency_today": today,
    }
    name = text(row, "jurisdiction_as_named", where, 120)
    places = NamedPlace.objects.filter(programme=programme)
    return places.update_or_create(programme=programme, name=name, defaults=values)[0]


def _today(where: str, key: str) -> Agency | None:
    """Return the agency that is in the place today, or None where that is not known."""
    if key in DIRECTORY and DIRECTORY[key] is None:
        return None
    agency = Agency.objects.filter(slug=DIRECTORY.get(key, "")).first()
    if agency is None:
        raise BadDocument(
            f"{where}: no agency of the directory is matched with {key}; import the directory first"
        )
    return agency


def _named_in(where: str, row: Any, communities: dict[str, Community]) -> list[Community]:
    parts = field(row, "participation", list, where)
    return [_lookup(communities, part, "in", f"{where}.participation") for part in parts]


def _community(where: str, row: Any, document: dict[str, Any]) -> Community:
    """Keep the community; who belongs to it today is for its people to say."""
    key = field(row, "id", str, where)
    values = {
        "name": text(row, "name", where, 200),
        "summary": field(row, "description", str, where),
        "source_text": _sentences(document, where, row),
    }
    slug = slugify(key.split(":")[-1] if key != "community:clp" else values["name"])
    community: Community = _kept(Community, slug, values)[0]
    return community


def _programme(document: dict[str, Any], year: int) -> Programme:
    """Keep what is said of the year as a whole."""
    partners = [field(row, "name", str, where) for where, row in rows(document, "partners")]
    where = "average_participants"
    average = field(document, where, dict, "the document")
    low, high = field(average, "low", int, where), field(average, "high", int, where)
    if low > high:
        raise BadDocument(f"{where}: the field low must not be above high")
    return Programme.objects.update_or_create(
        year=year,
        defaults={
            "title": text(document["programme"], "title", "programme", 200),
            "partner": ", ".join(partners),
            "participants_low": low,
            "participants_high": high,
            "participants_source": field(average, "source", str, where),
            "webinars_source": _holding(document, [f"webinars in {year}"]),
        },
    )[0]


def _event(where: str, row: Any) -> tuple[str, dict[str, Any]]:
    """Return an event's slug and its values: a day, and nothing that the record does not say."""
    said = field(row, "date", str, where)
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise BadDocument(
            f"{where}: the field date must be like 2017-02-07, not {said!r}"
        ) from None
    for name in ("start_time", "end_time", "time_zone"):
        if row.get(name) is not None:
            raise BadDocument(f"{where}: the field {name} must be empty: only days are on record")
    values = {
        "title": text(row, "title", where, 200),
        "source_text": field(row, "source", str, where).replace(" | ", " "),
        "held_on": day,
        "state": Event.State.PUBLISHED,
        "published_at": datetime(day.year, day.month, day.day, tzinfo=UTC),
    }
    return _slug(row, "id", where), values


def _slug(row: Any, name: str, where: str) -> str:
    """Return what follows the last colon, as an address needs it."""
    slug = text(row, name, where, 120).split(":")[-1]
    if not slug_re.fullmatch(slug):
        raise BadDocument(
            f"{where}: the field {name} must end in letters, digits and hyphens, not {slug!r}"
        )
    return slug


def _webinar(
    where: str, row: Any, communities: dict[str, Community], partner: str
) -> tuple[Webinar, bool]:
    slug, values = _event(where, row)
    values["partner"] = partner
    values["community"] = _lookup(communities, row, "community", where)
    return _kept(Webinar, slug, values)


def _session(
    where: str, row: Any, communities: dict[str, Community]
) -> tuple[PracticeSession, bool]:
    slug, values = _event(where, row)
    values["community"] = _lookup(communities, row, "community", where)
    values["has_public_summary"] = True
    return _kept(PracticeSession, slug, values)


def _topics(where: str, row: Any, topics: dict[str, Topic]) -> list[Topic]:
    for key in field(row, "topics", list, where):
        if key not in topics:
            raise BadDocument(f"{where}: the field topics names {key!r}, which is not a topic")
    return [topics[key] for key in row["topics"]]


def _lookup(known: dict[str, Community], row: Any, name: str, where: str) -> Community:
    key = field(row, name, str, where)
    if key not in known:
        raise BadDocument(f"{where}: the field {name} names {key!r}, which is not in the document")
    return known[key]


def _check(document: dict[str, Any], counts: dict[str, int]) -> None:
    """Hold the document to its own counts."""
    said = field(document, "checks", dict, "the document")
    for name, own in (("sessions", "sessions"), ("webinars", "webinars"), ("topics", "topics")):
        if said.get(own) != counts[name]:
            raise BadDocument(
                f"checks: {said.get(own)} {name} are announced, {counts[name]} listed"
            )
