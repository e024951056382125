"""A person's private calendar: its page, and the feed that calendar programs subscribe to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MemberRequest
from ciwo_portal import agenda
from events import ical
from webinars import renewing


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    """Show the address of the reader's calendar; make one, make it anew, or end it.

    The links of the reader's messages are ended here, too.
    """
    if request.method != "POST":
        return render(request, "calendar.html", {"address": agenda.address(request.user)})
    if "renew" in request.POST:
        renewing.renew(person=request.user)
        messages.success(request, _("All links in earlier messages to you have ended."))
    elif "end" in request.POST:
        agenda.end_feed(request.user)
        messages.success(request, _("The address has ended: nobody reads your calendar there."))
    else:
        agenda.open_feed(request.user)
        messages.success(request, _("Your calendar has a new address. An older one has ended."))
    return redirect("calendar")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give the calendar to whoever has its address."""
    try:
        person = agenda.reader(token)
    except agenda.UnknownAddress:
        raise Http404 from None
    rows = agenda.planned(person, timezone.now())
    calendar = ical.plans(rows, _("My CIWO learning"), agenda.address(person))
    answer = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="my-learning.ics"'
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    tag = f'"{salted_hmac("calendar", calendar, algorithm="sha256").hexdigest()[:32]}"'
    answer["ETag"] = tag
    return get_conditional_response(request, etag=tag, response=answer) or answer
