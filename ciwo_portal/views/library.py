"""Past webinars and sessions: search, filters, pages."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ciwo_portal.shelf import Shelf

PAGE = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show a page of what matches, with counts by kind, year and topic."""
    shelf = Shelf(request.GET, request.user, timezone.now())
    years = shelf.years()
    by_year = sum(years.values(), start=type(years["webinar"])())
    page = Paginator(range(by_year.total()), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": shelf.form,
        "page": page,
        "entries": shelf.rows(page.start_index() - 1, page.end_index()) if page.object_list else [],
        "total": by_year.total(),
        "kinds": {kind: counted.total() for kind, counted in years.items()},
        "years": sorted(by_year.items(), reverse=True),
        "topics": [(topic, number) for topic, number in shelf.topics() if number],
        "is_filtered": any(request.GET.get(name) for name in shelf.form.fields),
    }
    return render(request, "library/index.html", context)
