"""The filters that are on, each with the address of the same page without it."""

from dataclasses import dataclass

from django.http import QueryDict

from ciwo_portal.filters import KINDS, LibraryFilter


@dataclass(frozen=True)
class Chip:
    """A filter that is on."""

    name: str
    label: str
    url: str  # the query without it


def active(asked: QueryDict, by: LibraryFilter) -> list[Chip]:
    """Return a chip for each filter that is on, in the order of the form."""
    chosen = by.form.cleaned_data
    labels = {
        "q": f"“{chosen['q']}”" if chosen.get("q") else "",
        "topic": str(chosen.get("topic") or ""),
        "year": str(chosen.get("year") or ""),
        "kind": str(dict(KINDS).get(chosen.get("kind", ""), "")),
        "agency": str(chosen.get("agency") or ""),
    }
    return [Chip(name, label, _without(asked, name)) for name, label in labels.items() if label]


def _without(asked: QueryDict, name: str) -> str:
    kept = asked.copy()
    for gone in (name, "page"):
        kept.pop(gone, None)
    return f"?{kept.urlencode()}" if kept else "?"
