"""The organisers' pages about a webinar's parts: materials, people, messages."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from jobs.views import later
from library.models import Resource
from library.sheets import csv_response
from notifications.filters import NotificationFilter
from webinars import notices, people_table, resending, scheduling
from webinars.models import Webinar

PAGE = 50
OFFERED = 20


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def materials(request: MemberRequest, slug: str) -> HttpResponse:
    """Choose which files and links of the library stand with the webinar."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    library = Resource.objects.visible_to(request.user)
    if request.method == "POST":
        resource = get_object_or_404(library, pk=_number(request.POST.get("resource")))
        if "remove" in request.POST:
            scheduling.detach(webinar=webinar, resource=resource)
        else:
            scheduling.attach(webinar=webinar, resource=resource)
        return redirect(request.get_full_path())
    words = request.GET.get("q", "")[:100].replace("\0", "")
    others = library.exclude(webinars=webinar).filter(title__icontains=words)
    context = {
        "webinar": webinar,
        "attached": library.filter(webinars=webinar).order_by("title", "pk"),
        "offered": others.order_by("-added_at", "-pk")[:OFFERED],
        "words": words,
    }
    return render(request, "webinars/manage_materials.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: MemberRequest, slug: str) -> HttpResponse:
    """Return who is registered as a file, filtered as the page is; the worker makes a large one."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    rows = people_table.filtered(webinar, request.GET)
    if request.method == "POST" or people_table.is_large(rows):
        return later(request, people_table.order(webinar, request.GET))
    header, *lines = people_table.lines(webinar, rows)
    return csv_response(f"{slug}-registrations", header, lines)


@organiser_required
@require_safe
def deliveries(request: MemberRequest, slug: str) -> HttpResponse:
    """Show every message about the webinar, and what became of it."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    rows = notices.of_webinar(webinar).select_related("recipient").order_by("-due_at", "-pk")
    found = NotificationFilter(request.GET, rows)
    context = {
        "webinar": webinar,
        "form": found.form,
        "page": Paginator(found.qs, PAGE).get_page(request.GET.get("page")),
        "failed": resending.outlook(webinar, timezone.now()),
    }
    return render(request, "webinars/manage_deliveries.html", context)


@organiser_required
@require_POST
def send_again(request: MemberRequest, slug: str) -> HttpResponse:
    """Send once more what failed and still has a point; pressing twice sends once."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    done = resending.send_again(webinar=webinar, now=timezone.now())
    words = ngettext(
        "%(number)s message is sent once more.",
        "%(number)s messages are sent once more.",
        len(done.again),
    )
    if done.again:
        messages.success(request, words % {"number": len(done.again)})
    else:
        messages.info(request, _("Nothing is left to send again."))
    return redirect("webinars:manage-deliveries", webinar.slug)


def _number(text: str | None) -> int:
    """Return a row's number, or one that no row has."""
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0
