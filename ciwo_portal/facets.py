"""How many entries of the library each choice of a filter would find."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Value
from django.utils.translation import gettext as _

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
    demo: int  # invented entries, which are never added to the others
    is_chosen: bool

    def __str__(self) -> str:
        if not self.demo:
            return f"{self.label} ({self.number})"
        return _("%(label)s (%(number)d; demo %(demo)d)") % vars(self)


@dataclass(frozen=True)
class Facets:
    """The choices of each filter, counted with the other filters on; three queries."""

    total: int
    demo: int
    kinds: list[Choice]
    years: list[Choice]
    topics: list[Choice]
    agencies: list[Choice]


Apart = Counter[tuple[Any, bool]]  # by a value, and by whether the entries are invented


def count(shelf: Shelf, by: LibraryFilter) -> Facets:
    """Count the choices among what the reader may see."""
    chosen = by.form.cleaned_data
    year, kind = chosen.get("year"), chosen.get("kind") or ""
    kinds, years, total = Apart(), Apart(), Apart()
    for of, at, is_demo, number in _by_kind_and_year(shelf.narrowed(by, ("year", "kind"))):
        fits_year, fits_kind = year in (None, at), kind in ("", of)
        kinds[of, is_demo] += number if fits_year else 0
        years[at, is_demo] += number if fits_kind else 0
        total["", is_demo] += number if fits_year and fits_kind else 0
    known = sorted({at for at, _ in years} | ({int(year)} if year else set()), reverse=True)
    return Facets(
        total=total["", False],
        demo=total["", True],
        kinds=[_choice(kinds, value, str(label), kind) for value, label in KINDS],
        years=[_choice(years, at, str(at), year) for at in known],
        topics=_choices(shelf.narrowed(by, ("topic",)), _TOPICS, chosen.get("topic")),
        agencies=_choices(shelf.narrowed(by, ("agency",)), _AGENCIES, chosen.get("agency")),
    )


def _choice(numbers: Apart, value: Any, label: str, chosen: Any) -> Choice:
    return Choice(str(value), label, numbers[value, False], numbers[value, True], value == chosen)


def _by_kind_and_year(shelf: Shelf) -> Any:
    counted = [
        rows.values("is_demo", of=Value(kind, CharField()), year=F("held_on__year"))
        .annotate(number=Count("pk"))
        .values_list("of", "year", "is_demo", "number")
        for kind, rows in shelf.kinds()
    ]
    return _joined(counted)


def _choices(
    shelf: Shelf, places: dict[str, tuple[str, str]], chosen: Topic | Agency | None
) -> list[Choice]:
    labels = {chosen.slug: chosen.name} if chosen else {}
    numbers = Apart()
    counted = []
    for kind, rows in shelf.kinds():
        if kind not in places:
            continue
        value, label = places[kind]
        counted.append(
            rows.filter(**{f"{value}__isnull": False})
            .values("is_demo", of=F(value), called=F(label))
            .annotate(number=Count("pk", distinct=True))
            .values_list("of", "called", "is_demo", "number")
        )
    for value, label, is_demo, number in _joined(counted):
        labels[value] = label
        numbers[value, is_demo] += number
    return [
        _choice(numbers, value, label, chosen.slug if chosen else None)
        for value, label in sorted(labels.items(), key=lambda pair: pair[1].lower())
    ]


def _joined(counted: list[Any]) -> Any:
    return counted[0].union(*counted[1:], all=True) if counted else ()


def by_topic(shelf: Shelf) -> dict[int, Counter[str]]:
    """Return for each topic's key how much of each kind hangs on it; one query.

    What is invented counts apart, as "demo".
    """
    counted = [
        rows.filter(topics__isnull=False)
        .values("is_demo", of=Value(kind, CharField()), topic=F("topics"))
        .annotate(number=Count("pk"))
        .values_list("topic", "of", "is_demo", "number")
        for kind, rows in shelf.kinds()
    ]
    numbers = defaultdict[int, Counter[str]](Counter)
    for topic, kind, is_demo, number in _joined(counted):
        numbers[topic]["demo" if is_demo else kind] += number
    return numbers
