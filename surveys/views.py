"""Fill in a survey: a section at a time, saved answer by answer, handed in by the coordinator."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from surveys import asking, attaching, drafting, entries, reading, submitting, uploads
from surveys.models import AnswerFile, Response
from surveys.permissions import may_submit
from surveys.reading import Part, Sheet

SHOWN = 50


@login_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List what the reader's agencies are asked."""
    mine = Response.objects.answered_by(request.user).select_related("wave__survey", "agency")
    responses = list(mine.order_by("-wave__closes_at", "agency__name")[:SHOWN])
    progress = reading.progress(responses)
    rows = [(response, progress[response.pk]) for response in responses]
    return render(request, "surveys/list.html", {"rows": rows, "now": timezone.now()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def respond(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a section, or save it and show the next one."""
    sheet = _sheet(request, slug)
    now = timezone.now()
    if not sheet.response.wave.is_open(now) or sheet.response.state == "submitted":
        return render(request, "surveys/review.html", _review(request, sheet))
    drafting.mark_opened(response=sheet.response, now=now)
    part = sheet.part(request.GET.get("section", "")) or sheet.parts[0]
    if request.method != "POST":
        return _page(request, sheet, part, asking.shown(part))
    asked, drafts = asking.taken(part, request.POST, now.date())
    conflicts = drafting.save_all(response=sheet.response, drafts=drafts, by=request.user, now=now)
    clashes = {conflict.draft.question.pk: conflict for conflict in conflicts}
    sheet = _sheet(request, slug)
    fresh = {item.question.pk: item for item in sheet.items}
    for one in asked:
        one.conflict = clashes.get(one.item.question.pk)
        one.item = fresh[one.item.question.pk]
    asked = _attach(request, sheet, asked)
    if any(one.error or one.conflict for one in asked):
        return _page(request, sheet, part, asked)
    messages.success(request, _("Saved."))
    return redirect(_next_url(sheet, part))


def _attach(request: MemberRequest, sheet: Sheet, asked: list[asking.Asked]) -> list[asking.Asked]:
    for one in asked:
        upload = request.FILES.get(one.name)
        if upload is None or one.item.question.type != "file":
            continue
        try:
            attaching.attach(
                response=sheet.response,
                question=one.item.question,
                upload=upload,
                by=request.user,
                now=timezone.now(),
            )
        except uploads.Refused as fault:
            one.error = str(fault)
    return asked


@require_POST
def answer(request: HttpRequest, slug: str, key: str) -> JsonResponse:
    """Save one answer while somebody types; says what happened in JSON."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("Sign in again to go on.")}, status=401)
    sheet = _sheet(request, slug)
    item = next((item for item in sheet.items if item.question.key == key), None)
    if item is None:
        return JsonResponse({"error": _("There is no such question.")}, status=404)
    now = timezone.now()
    try:
        draft = asking.draft(item.question, request.POST, now.date())
        conflicts = drafting.save_all(
            response=sheet.response, drafts=[draft], by=request.user, now=now
        )
    except entries.Invalid as fault:
        return JsonResponse({"error": str(fault)}, status=422)
    except (drafting.NotOpen, drafting.AlreadySubmitted):
        return JsonResponse({"error": _("The survey takes no answers now.")}, status=403)
    return _saved(sheet, item, conflicts)


@login_required
@require_safe
def review(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the whole response, what is missing, and what will be shown to whom."""
    sheet = _sheet(request, slug)
    return render(request, "surveys/review.html", _review(request, sheet))


@login_required
@require_POST
def submit(request: MemberRequest, slug: str) -> HttpResponse:
    """Hand the response in, for a coordinator."""
    sheet = _sheet(request, slug)
    if not may_submit(request.user, sheet.response):
        return render(request, "403.html", status=403)
    try:
        submitting.submit(response=sheet.response, by=request.user, now=timezone.now())
    except submitting.Incomplete:
        messages.error(request, _("Some answers are missing; they are listed below."))
    except drafting.NotOpen:
        messages.error(request, _("The survey is closed."))
    else:
        messages.success(request, _("Thank you. The response is submitted."))
    return redirect(_url("review", sheet))


@login_required
@require_safe
def file(request: MemberRequest, uid: UUID) -> HttpResponseBase:
    """Give a file to the agency whose answer it is part of."""
    found = get_object_or_404(AnswerFile.objects.visible_to(request.user), uid=uid)
    answered = FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name)
    answered["Cache-Control"] = "private, no-store"
    answered["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answered


def _sheet(request: HttpRequest, slug: str) -> Sheet:
    """Return the response of the reader's agency, the one that is named or the first."""
    mine = Response.objects.answered_by(request.user).filter(wave__slug=slug)
    if agency := request.GET.get("agency"):
        mine = mine.filter(agency__slug=agency)
    first = mine.select_related("wave__survey", "agency").order_by("pk")[:1]
    return reading.read(get_object_or_404(first))


def _page(
    request: MemberRequest, sheet: Sheet, part: Part, asked: list[asking.Asked]
) -> HttpResponse:
    context = {"sheet": sheet, "part": part, "asked": asked, "next": sheet.after(part)}
    return render(request, "surveys/respond.html", context)


def _review(request: MemberRequest, sheet: Sheet) -> dict[str, object]:
    now = timezone.now()
    return {
        "sheet": sheet,
        "gaps": submitting.check(sheet, now),
        "shared": submitting.shared(sheet),
        "is_open": sheet.response.wave.is_open(now) and sheet.response.state == "draft",
        "may_submit": may_submit(request.user, sheet.response),
    }


def _saved(sheet: Sheet, item: reading.Item, conflicts: list[drafting.Conflict]) -> JsonResponse:
    if conflicts and (theirs := conflicts[0].theirs):
        said = reading.Item(item.question, item.number, theirs, item.applies, "").lines
        who = str(theirs.changed_by or _("A colleague"))
        text = _("%(who)s answered meanwhile: %(said)s. Save the section to choose.")
        error = text % {"who": who, "said": "; ".join(said)}
        return JsonResponse({"error": error, "revision": theirs.revision}, status=409)
    current = sheet.response.answers.filter(question=item.question).first()
    return JsonResponse({"revision": current.revision if current else 0})


def _url(page: str, sheet: Sheet) -> str:
    wave, agency = sheet.response.wave, sheet.response.agency
    return f"/surveys/{wave.slug}/{page}/?agency={agency.slug}"


def _next_url(sheet: Sheet, part: Part) -> str:
    after = sheet.after(part)
    if after is None:
        return _url("review", sheet)
    return f"{_url('respond', sheet)}&section={after.section.key}"
