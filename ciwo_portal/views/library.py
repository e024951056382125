"""Past webinars and sessions: search, filters, pages."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ciwo_portal import chips, facets
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
    found = everything.narrowed(asked)
    on = chips.active(request.GET, asked)
    context = {
        "form": asked.form,
        "facets": counted,
        "chips": on,
        "filters_on": sum(chip.name != "q" for chip in on),
        "words": request.GET.get("q", ""),
        "page": page,
        "entries": found.rows(page.start_index() - 1, page.end_index()) if entries else [],
    }
    return render(request, "library/index.html", context)
