"""The organisers' pages on which attendance is taken in, looked at and decided."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import concurrency
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from jobs.views import later
from library.sheets import csv_response
from records import attendance, certificates, reading, tables
from records.forms import AssignForm, DecisionForm, ReportsForm, RuleForm
from records.models import Attendance, ReportedPerson
from records.permissions import closable
from webinars.models import Webinar

PAGE = 50
OFFERED = 500


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: MemberRequest, slug: str) -> HttpResponse:
    """Show who attended; take in reports, which count once they are confirmed."""
    webinar = _webinar(request, slug)
    form = ReportsForm(request.POST or None, request.FILES or None, webinar=webinar)
    if request.method == "POST" and form.is_valid():
        files, now = form.read(), timezone.now()
        new = attendance.take_in(webinar=webinar, files=files, by=request.user, now=now)
        if new < len(files):
            known = _("%d of these files was read before: it changes nothing.")
            messages.info(request, known % (len(files) - new))
        return redirect("records:attendance", slug)
    window = attendance.window_of(webinar)
    rows = webinar.attendances.by_name().order_by("-attended", "person__name", "pk")
    context: dict[str, Any] = {
        "webinar": webinar,
        "form": form,
        "preview": reading.preview(webinar, window),
        "unknown": reading.unknown(webinar, window),
        "totals": reading.totals(webinar) | {"unidentified": attendance.unidentified(webinar)},
        "rule": attendance.rule_of(webinar),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "registrants": webinar.registrations.select_related("person").order_by("pk")[:OFFERED],
    }
    return render(request, "records/manage_attendance.html", context)


@organiser_required
@require_POST
def confirm(request: MemberRequest, slug: str) -> HttpResponse:
    """Count what was read, or forget it."""
    webinar = _webinar(request, slug)
    if "discard" in request.POST:
        attendance.discard(webinar=webinar)
        messages.success(request, _("Nothing was counted: what was read is forgotten."))
    elif attendance.confirm(webinar=webinar, now=timezone.now()):
        came = reading.totals(webinar)["came"]
        words = ngettext("Counted: %d person attended.", "Counted: %d people attended.", came)
        messages.success(request, words % came)
    return redirect("records:attendance", slug)


@organiser_required
@require_POST
def assign(request: MemberRequest, slug: str) -> HttpResponse:
    """Say who somebody in the reports is, or that nobody knows."""
    webinar = _webinar(request, slug)
    form = AssignForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the registrant's e-mail address, such as a@b.gov."))
        return redirect("records:attendance", slug)
    given = form.cleaned_data
    rows = ReportedPerson.objects.filter(report__webinar=webinar)
    row = get_object_or_404(rows, pk=given["row"])
    try:
        email = "" if "unidentified" in request.POST else given["email"]
        person = attendance.assign(webinar=webinar, row=row, email=email)
    except attendance.NobodyThere:
        messages.error(request, _("Nobody has %s as a verified address.") % given["email"])
    else:
        messages.success(request, _said(row, person))
    return redirect("records:attendance", slug)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def decide(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Decide by hand whether one person attended; the reason is kept, and who decided."""
    webinar = _webinar(request, slug)
    row = get_object_or_404(webinar.attendances.by_name(), pk=pk)
    row.webinar = webinar
    if request.method == "POST" and "undo" in request.POST:
        attendance.undecide(attendance=row)
        messages.success(request, _("The reports decide again."))
        return redirect("records:attendance", slug)
    form = DecisionForm(request.POST or None, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("minutes", "reason")}
        attendance.decide(attendance=row, by=request.user, now=timezone.now(), **given)
        messages.success(request, _("Decided for %s.") % row.person)
        return redirect("records:attendance", slug)
    context = {"webinar": webinar, "row": row, "form": form}
    return render(request, "records/manage_decide.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def rule(request: MemberRequest, slug: str) -> HttpResponse:
    """Say how long somebody must have been there to have attended."""
    webinar = _webinar(request, slug)
    kept = attendance.rule_of(webinar)
    form = RuleForm(request.POST or None, initial={"needed": kept.needed, "unit": kept.unit})
    if request.method == "POST" and form.is_valid():
        attendance.set_rule(webinar=webinar, **form.cleaned_data)
        messages.success(request, _("Saved, and counted again."))
        return redirect("records:attendance", slug)
    return render(request, "records/manage_rule.html", {"webinar": webinar, "form": form})


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: MemberRequest, slug: str) -> HttpResponse:
    """Return who attended as a file; the worker makes a large one."""
    table = tables.of_webinar(_webinar(request, slug))
    if request.method == "POST" or table.is_large:
        return later(request, table.order)
    return csv_response(table.name, table.header, table.lines())


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def certify(request: MemberRequest, slug: str) -> HttpResponse:
    """Show which certificates stand and what issuing would change; issue them."""
    webinar = _webinar(request, slug)
    if request.method == "POST":
        found = certificates.issue(webinar=webinar, now=timezone.now())
        number = len(found.new)
        words = ngettext("%d certificate is issued.", "%d certificates are issued.", number)
        messages.success(request, words % number)
        return redirect("records:certificates", slug)
    rows = webinar.certificates.order_by("name", "-issued_at", "pk")
    context = {
        "webinar": webinar,
        "changes": certificates.changes(webinar),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "standing": webinar.certificates.standing().count(),
    }
    return render(request, "records/manage_certificates.html", context)


def _webinar(request: MemberRequest, slug: str) -> Webinar:
    return get_object_or_404(closable(request.user, timezone.now()), slug=slug)


def _said(row: ReportedPerson, person: object) -> str:
    if person is None:
        return _("“%s” is counted as unidentified.") % row
    return _("“%(name)s” is %(person)s.") % {"name": row, "person": person}


def _initial(row: Attendance) -> dict[str, Any]:
    webinar = row.webinar
    start, end = attendance.window_of(webinar)
    minutes = row.minutes or row.measured_minutes or round((end - start).total_seconds() / 60)
    return {"came": "yes" if row.attended else "no", "minutes": minutes, "reason": row.reason}
