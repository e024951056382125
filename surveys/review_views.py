"""A whole response: look it through before it is handed in, print it, keep it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from accounts.models import User
from agencies.models import Membership
from surveys import (
    asking,
    doubting,
    drafting,
    printing,
    reading,
    sharing,
    signing_off,
    submitting,
    wording,
)
from surveys.http import readable_response, wave_day
from surveys.models import Response
from surveys.permissions import has_reviewer, may_draft, may_share, may_submit
from surveys.reading import Sheet


@login_required
@require_safe
def review(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the whole response, what is missing, and what will be shown to whom."""
    response = readable_response(request, slug)
    sheet, now = reading.read(response), timezone.now()
    is_open = drafting.takes_answers(response=response, now=now)
    context = {
        "sheet": sheet,
        "gaps": submitting.check(sheet, now) if is_open else [],
        "unsigned": signing_off.unsigned(sheet) if is_open else [],
        "must_be_signed": has_reviewer(response),
        "doubts": doubting.all_of(sheet, wave_day(response, now)) if is_open else [],
        "shared": sharing.counts(sheet),
        **_bound(request.user, response),
        **_offers(sheet, request.GET.getlist("narrowed")),
        "changes": sharing.changes(sheet),
        "is_open": is_open,
        "opens": wording.moment(response.wave, response.wave.opens_at),
        "closes": wording.moment(response.wave, response.closes_at),
        "is_ahead": now < response.wave.opens_at,
        "is_mine": may_draft(request.user, response),
        "may_submit": may_submit(request.user, response),
        "coordinators": _coordinators(request.user, response),
        "reopening": response.reopenings.order_by("-reopened_at", "-pk").first(),
    }
    return render(request, "surveys/review.html", context)


@login_required
@require_safe
def printed(request: MemberRequest, slug: str) -> HttpResponse:
    """Show every question with its choices on one page, to print: blank or as it is answered."""
    response = readable_response(request, slug)
    sheet = reading.read(response)
    shown = asking.blank if "blank" in request.GET else asking.printed
    parts = [(part, shown(part)) for part in sheet.parts]
    return render(request, "surveys/printed.html", {"sheet": sheet, "parts": parts})


@login_required
@require_safe
def pdf(request: MemberRequest, slug: str) -> HttpResponse:
    """Give the response as a PDF to those who may read all of it."""
    response = readable_response(request, slug)
    name = slugify(f"{response.wave.slug}-{response.agency.slug}")[:100]
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    content = printing.pdf(reading.read(response), timezone.now())
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _bound(reader: User, response: Response) -> dict[str, Any]:
    """Return who may read answers at most, since when, and the levels that the reader may give."""
    wave = response.wave
    return {
        "levels": sharing.levels(wave.widest_sharing) if may_share(reader, response) else [],
        "promise": wording.promise(wave.widest_sharing),
        "cap_change": wave.cap_changes.order_by("-changed_at", "-pk").first(),
    }


def _offers(sheet: Sheet, narrowed: list[str]) -> dict[str, Any]:
    """Return which levels would fit together, also with those that were just narrowed."""
    return {
        "narrowing": sharing.narrowing(sheet, narrowed),
        "widening": sharing.widening(sheet),
    }


def _coordinators(reader: User, response: Response) -> list[str]:
    """Return who can submit, by name, for the agency's own people."""
    if not may_draft(reader, response):
        return []
    places = Membership.objects.coordinating().filter(agency=response.agency_id)
    people = places.select_related("person").order_by("person__name", "pk")[:10]
    return [str(place.person) for place in people]
