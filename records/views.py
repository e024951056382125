"""What people see of their own record, and what everybody sees of a certificate."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MemberRequest
from agencies.models import Agency
from agencies.permissions import can_manage_people
from jobs.views import later
from library.sheets import csv_response
from records import hours, printing, tables
from records.models import Attendance, Certificate

PAGE = 50
PEOPLE = 500


@never_cache
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a certificate stands, to whoever has its code."""
    found = Certificate.objects.filter(code=code).first()
    is_valid = Certificate.objects.valid().filter(code=code).exists()
    context = {"certificate": found, "is_valid": is_valid, "issuer": settings.SITE_NAME}
    status = 200 if found else 404
    answer = render(request, "records/certificate.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    return answer


@login_required
@require_safe
def certificate_file(request: MemberRequest, code: str) -> HttpResponse:
    """Return one's own certificate as a PDF."""
    rows = Certificate.objects.visible_to(request.user).valid()
    found = get_object_or_404(rows, code=code)
    name = f"certificate-{found.held_on}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(printing.pdf(found), content_type="application/pdf", headers=headers)


@login_required
@require_safe
def learning(request: MemberRequest) -> HttpResponse:
    """Show what the reader attended: minutes, certificates, hours by year and topic."""
    person = request.user
    mine = Attendance.objects.visible_to(person).filter(person=person)
    rows = mine.attended().with_certificates().order_by("-webinar__held_on", "-pk")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "total": hours.total(mine),
        "years": hours.by_year(mine),
        "topics": hours.by_topic(mine),
    }
    return render(request, "records/learning.html", context)


@login_required
@require_safe
def agency_learning(request: MemberRequest, slug: str) -> HttpResponse:
    """Show who speaks for an agency what its people attended while they worked there."""
    agency = _agency(request, slug)
    rows = Attendance.objects.in_agencies([agency])
    people = hours.by_person(rows)
    context = {
        "agency": agency,
        "total": hours.total(rows),
        "people": people[:PEOPLE],
        "number": len(people),
        "years": hours.by_year(rows),
        "topics": hours.by_topic(rows),
    }
    return render(request, "records/agency_learning.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agency_table(request: MemberRequest, slug: str) -> HttpResponse:
    """Return what an agency's people attended as a file; the worker makes a large one."""
    table = tables.of_agency(_agency(request, slug), timezone.now().date())
    if request.method == "POST" or table.is_large:
        return later(request, table.order)
    return csv_response(table.name, table.header, table.lines())


def _agency(request: MemberRequest, slug: str) -> Agency:
    agency = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    if not can_manage_people(request.user, agency):
        raise PermissionDenied
    return agency
