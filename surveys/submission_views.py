"""What an agency has submitted, each time: to read, to print and to keep."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from surveys import asking, printing, submissions
from surveys.http import submitted_response
from surveys.permissions import may_draft
from surveys.submissions import Submission


@login_required
@require_safe
def index(request: MemberRequest, slug: str) -> HttpResponse:
    """List what the agency has submitted, the newest first, and why it was opened again."""
    response = submitted_response(request, slug)
    context = {
        "response": response,
        "submissions": submissions.history(response)[::-1],
        "is_mine": may_draft(request.user, response),
    }
    return render(request, "surveys/submissions.html", context)


@login_required
@require_safe
def show(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    """Show what was submitted once, and what is different from the time before."""
    return render(request, "surveys/submission.html", _context(request, slug, number))


@login_required
@require_safe
def printed(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    """Show it with all questions and choices on one page, to print."""
    context = _context(request, slug, number)
    parts = [(part, asking.printed(part)) for part in context["sheet"].parts]
    return render(request, "surveys/printed.html", context | {"parts": parts})


@login_required
@require_safe
def pdf(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    """Give it as a PDF."""
    found: Submission = _context(request, slug, number)["submission"]
    response = found.sheet.response
    name = slugify(f"{response.wave.slug}-{response.agency.slug}")[:90]
    headers = {"Content-Disposition": f'attachment; filename="{name}-{number}.pdf"'}
    content = printing.pdf(found.sheet, timezone.now(), submission=found)
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _context(request: MemberRequest, slug: str, number: int) -> dict[str, Any]:
    response = submitted_response(request, slug)
    known = {one.number: one for one in submissions.history(response)}
    if number not in known:
        raise Http404
    return {
        "submission": known[number],
        "sheet": known[number].sheet,
        "before": known.get(number - 1),
        "after": known.get(number + 1),
        "is_mine": may_draft(request.user, response),
    }
