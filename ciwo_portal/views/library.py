"""Past webinars and sessions: search, filters, pages."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ciwo_portal import chips, facets, named, suggestions
from ciwo_portal.filters import LibraryFilter
from ciwo_portal.shelf import Shelf

PAGE = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show a page of what matches, with the number behind each choice of a filter."""
    asked = LibraryFilter(request.GET)
    asked.form.is_valid()
    everything = Shelf.of(request.user, timezone.now())
    counted = facets.count(everything, asked)
    entries = counted.total + counted.demo  # on the pages, the invented ones after the others
    page = Paginator(range(entries), PAGE).get_page(request.GET.get("page"))
    on = chips.active(request.GET, asked)
    filters_on = sum(chip.name != "q" for chip in on)
    is_begun = page.number == 1 and not filters_on
    context = {
        "form": asked.form,
        "facets": counted,
        "chips": on,
        "filters_on": filters_on,
        "words": request.GET.get("q", ""),
        "page": page,
        "named": named.found(request.user, asked.asked) if is_begun else [],
        **_found(request, everything, asked, page if entries else None),
    }
    return render(request, "library/index.html", context)


def _found(request: HttpRequest, shelf: Shelf, asked: LibraryFilter, page: Any) -> dict[str, Any]:
    """Return the entries of a page, or what to go on with where there are none."""
    if page is not None:
        found = shelf.narrowed(asked)
        meant = dict.fromkeys(one.name for one in asked.asked.meanings)
        literally = " ".join(f'"{term.text}"' for term in asked.asked.terms)
        return {
            "entries": found.rows(page.start_index() - 1, page.end_index()),
            "meant": list(meant),
            "literally_url": _searching(request.GET, literally),
        }
    close = None
    if asked.asked.terms:
        close = suggestions.of(shelf.narrowed(asked, ("q",)), asked.asked)
    return {
        "suggestions": close,
        "corrected_url": _searching(request.GET, close.corrected) if close else "",
        "parts": [(w, n, _searching(request.GET, w)) for w, n in close.parts] if close else [],
        "nearest": named.nearest(asked.words),
    }


def _searching(asked: QueryDict, words: str) -> str:
    """Return the query of the same page that searches for other words."""
    other = asked.copy()
    other.pop("page", None)
    other["q"] = words
    return f"?{other.urlencode()}"
