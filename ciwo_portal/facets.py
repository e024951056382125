"""How many entries of the library each choice of a filter would find."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Value

from agencies.models import Agency
from ciwo_portal.filters import KINDS, LibraryFilter
from ciwo_portal.shelf import Shelf
from library.models import Topic

# Where each kind of event keeps what is counted: value and label.
_TOPICS = dict.fromkeys(("webinar", "session"), ("topics__slug", "topics__name"))
# Who came to a session stays in the room: an agency is known by those who spoke for it.
_AGENCIES = {"webinar": ("presenters__agency__slug", "presenters__agency__name")}


@dataclass(frozen=True)
class Choice:
    """One choice of a filter: what it is called and what it would find."""

    value: str
    label: str
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class Facets:
    """The choices of each filter, counted with the other filters on; three queries."""

    total: int
    kinds: list[Choice]
    years: list[Choice]
    topics: list[Choice]
    agencies: list[Choice]


def count(shelf: Shelf, by: LibraryFilter) -> Facets:
    """Count the choices among what the reader may see."""
    chosen = by.form.cleaned_data
    year, kind = chosen.get("year"), chosen.get("kind") or ""
    table = _by_kind_and_year(shelf.narrowed(by, ("year", "kind")))
    kinds = {value: 0 for value, _ in KINDS}
    years = Counter({int(year): 0} if year else ())
    for (one_kind, one_year), number in table.items():
        kinds[one_kind] += number if year in (None, one_year) else 0
        years[one_year] += number if kind in ("", one_kind) else 0
    return Facets(
        total=sum(number for value, number in kinds.items() if kind in ("", value)),
        kinds=[Choice(value, str(label), kinds[value], value == kind) for value, label in KINDS],
        years=[Choice(str(one), str(one), years[one], one == year) for one in sorted(years)[::-1]],
        topics=_choices(shelf.narrowed(by, ("topic",)), _TOPICS, chosen.get("topic")),
        agencies=_choices(shelf.narrowed(by, ("agency",)), _AGENCIES, chosen.get("agency")),
    )


def _by_kind_and_year(shelf: Shelf) -> dict[tuple[str, int], int]:
    counted = [
        rows.values(of=Value(kind, CharField()), year=F("held_on__year"))
        .annotate(number=Count("pk"))
        .values_list("of", "year", "number")
        for kind, rows in shelf.kinds()
    ]
    return {(kind, year): number for kind, year, number in _joined(counted)}


def _choices(
    shelf: Shelf, places: dict[str, tuple[str, str]], chosen: Topic | Agency | None
) -> list[Choice]:
    labels = {chosen.slug: chosen.name} if chosen else {}
    numbers = Counter[str]()
    counted = []
    for kind, rows in shelf.kinds():
        if kind not in places:
            continue
        value, label = places[kind]
        counted.append(
            rows.filter(**{f"{value}__isnull": False})
            .values(of=F(value), called=F(label))
            .annotate(number=Count("pk", distinct=True))
            .values_list("of", "called", "number")
        )
    for value, label, number in _joined(counted):
        labels[value] = label
        numbers[value] += number
    return [
        Choice(value, label, numbers[value], chosen is not None and value == chosen.slug)
        for value, label in sorted(labels.items(), key=lambda pair: pair[1].lower())
    ]


def _joined(counted: list[Any]) -> Any:
    return counted[0].union(*counted[1:], all=True) if counted else ()


def by_topic(shelf: Shelf) -> dict[int, Counter[str]]:
    """Return for each topic's key how much of each kind hangs on it; one query."""
    counted = [
        rows.filter(topics__isnull=False)
        .values(of=Value(kind, CharField()), topic=F("topics"))
        .annotate(number=Count("pk"))
        .values_list("topic", "of", "number")
        for kind, rows in shelf.kinds()
    ]
    numbers = defaultdict[int, Counter[str]](Counter)
    for topic, kind, number in _joined(counted):
        numbers[topic][kind] = number
    return numbers
