"""The delivery log: by message, by person, and which addresses rest."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import validate_email
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from notifications import relaying, resending, resting, suppressing
from notifications.filters import NotificationFilter
from notifications.forms import AddressForm
from notifications.models import Notification, NotificationQuerySet, Suppression

PAGE = 50
LATELY = timedelta(days=30)  # what is counted by message


@organiser_required
@require_safe
def log(request: MemberRequest) -> HttpResponse:
    """Show what was owed to whom, and what became of it, newest first."""
    rows = Notification.objects.select_related("recipient").order_by("-created_at", "-pk")
    found = NotificationFilter(request.GET, rows)
    lately = Notification.objects.filter(created_at__gte=timezone.now() - LATELY)
    address = _address(request.GET.get("q", ""))
    context = {
        "form": found.form,
        "subject": found.subject,
        "page": Paginator(found.qs, PAGE).get_page(request.GET.get("page")),
        "kinds": None if request.GET else lately.by_kind(),
        "days": LATELY.days,
        "address": address,
        "suppression": suppressing.of(address) if address else None,
        "relay": relaying.current(),
        "query": request.GET.urlencode(),
        "has_failed": found.qs.not_reached().exists(),
    }
    return render(request, "notifications/manage_log.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: MemberRequest) -> HttpResponse:
    """Ask before what did not reach its readers is sent again; the filter says which of it."""
    rows = NotificationFilter(request.GET, Notification.objects.all()).qs
    if one := request.GET.get("one", ""):
        rows = rows.filter(pk=int(one)) if _is_number(one) else rows.none()
    now, before = timezone.now(), request.GET.get("before", "")
    part = int(before) if _is_number(before) else None
    if request.method == "POST":
        _send_or_leave(request, rows, now, part)
        return redirect("notifications:manage-log")
    failed = resending.outlook(rows, now, before=part)
    asked = request.GET.copy()
    asked["before"] = str(failed.older or "")
    context = {
        "failed": failed,
        "most": resending.MOST,
        "query": request.GET.urlencode(),
        "query_of_older": asked.urlencode(),
    }
    return render(request, "notifications/manage_again.html", context)


def _send_or_leave(
    request: MemberRequest, rows: NotificationQuerySet, now: datetime, before: int | None
) -> None:
    """Send these again, or note that those which were shown are left as they are."""
    if "seen" in request.POST:
        shown = [int(key) for key in request.POST.getlist("seen") if _is_number(key)]
        done = resending.leave(rows.filter(pk__in=shown), now)
        said = ngettext(
            "%(n)d message is left as it is.", "%(n)d messages are left as they are.", done
        )
    else:
        done = len(resending.send_again(rows, now, before=before).again)
        said = ngettext("%(n)d message goes out again.", "%(n)d messages go out again.", done)
    messages.success(request, said % {"n": done})


@organiser_required
@require_POST
def address(request: MemberRequest) -> HttpResponse:
    """Let an address rest, or write to it again."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed: give one whole e-mail address."))
        return redirect("notifications:manage-log")
    which = form.cleaned_data["address"]
    if form.cleaned_data["rests"]:
        reason = Suppression.Reason.ORGANISER
        suppressing.suppress(address=which, reason=reason, now=timezone.now())
        messages.success(request, _("This address gets necessary messages only from now on."))
    else:
        suppressing.allow(address=which)
        messages.success(request, _("This address is written to again from the next message on."))
    return redirect(f"{reverse('notifications:manage-log')}?{urlencode({'q': which})}")


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def rest(request: MemberRequest) -> HttpResponse:
    """Show whose addresses rest, and note that an organiser knows of one."""
    if request.method == "POST":
        resting.see(request.POST.get("address_hash", ""), now=timezone.now())
        return redirect("notifications:manage-resting")
    people = Paginator(resting.people(), PAGE).get_page(request.GET.get("page"))
    reasons = dict(Suppression.Reason.choices)
    for person in people:
        person.why = reasons[person.reason]
    return render(request, "notifications/manage_resting.html", {"page": people})


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _address(text: str) -> str:
    """Return the text if it is one whole address."""
    try:
        validate_email(text.strip())
    except ValidationError:
        return ""
    return text.strip()
