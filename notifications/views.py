"""What a person hears of: settings, one's own log, and the links in mails."""

import structlog
from django.conf import settings as conf
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.http import MemberRequest
from notifications import hearing, unsubscribing
from notifications.forms import PreferenceForm
from notifications.models import Notification
from notifications.providers import REPORTS

log = structlog.get_logger(__name__)
SHOWN = 20  # of one's own latest messages


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    """Show and change what a person hears of."""
    paces = unsubscribing.paces(request.user)
    form = PreferenceForm(request.POST if request.method == "POST" else None, paces=paces)
    if form.is_valid():
        unsubscribing.choose(person=request.user, paces=form.cleaned_data)
        messages.success(request, _("Your choice is saved."))
        return redirect("notifications:settings")
    latest = Notification.objects.filter(recipient=request.user).order_by("-created_at", "-pk")
    context = {"form": form, "latest": latest[:SHOWN]}
    return render(request, "notifications/settings.html", context)


@csrf_exempt  # RFC 8058: mail programs send no cookie; the token is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button; only pressing it, or a mail program's POST, switches the category off."""
    try:
        person, category = unsubscribing.read(token)
    except unsubscribing.UnknownToken:
        raise Http404 from None
    is_done = request.method == "POST"
    if is_done:
        unsubscribing.switch_off(person=person, category=category)
    context = {"category": category.label, "is_done": is_done}
    return render(request, "notifications/unsubscribe.html", context)


@csrf_exempt  # providers send no cookie; anymail asks for the password of the reports
@require_http_methods(["HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """Take the mail provider's reports; without a provider nobody reports here."""
    path = REPORTS.get(conf.MAIL_PROVIDER)
    if path is None:
        raise Http404
    if request.method == "HEAD":  # how some providers try the address
        return HttpResponse()
    provider = import_string(path)()
    try:
        provider.run_validators(request)
        events = provider.parse_events(request)
    except SuspiciousOperation:  # not the provider: anymail says so
        raise
    except Exception:  # whatever it makes of what is no report
        log.warning("mail_report_cannot_be_read", exc_info=True)
        return HttpResponseBadRequest("This is no report.\n", content_type="text/plain")
    for event in events:
        hearing.hear(event, provider.esp_name)
    return HttpResponse()
