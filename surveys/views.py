"""Fill in a survey: a section at a time, saved answer by answer, handed in by the coordinator."""

from typing import Any
from uuid import UUID

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from agencies.permissions import second_factor_required
from library import files
from surveys import (
    asking,
    carrying,
    commenting,
    doubting,
    drafting,
    entries,
    filling,
    holding,
    reading,
    signing_off,
    submitting,
    teamwork,
    wording,
)
from surveys.asking import Asked
from surveys.filling import Form
from surveys.http import SHOWN, of_agency, wave_day
from surveys.models import AnswerFile, Question, Response
from surveys.permissions import (
    may_give,
    may_ready,
    may_submit,
)
from surveys.reading import Part, Sheet

log = structlog.get_logger(__name__)
_STAYS = ("clear", "stay", "resolve", "carry")  # buttons that lead back to their question


@login_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List what the reader's agencies are asked."""
    now = timezone.now()
    mine = Response.objects.answered_by(request.user).last_due_first()
    responses = list(mine.select_related("wave__survey", "agency")[:SHOWN])
    progress = reading.progress(responses)
    rows = [_row(response, progress[response.pk], now) for response in responses]
    return render(request, "surveys/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def respond(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one section, or save it and go on; what comes after signing out is held."""
    if not request.user.is_authenticated and request.method == "POST":
        holding.hold(request)
    return _respond(request, slug)  # type: ignore[arg-type] # lets only members through


@login_required
def _respond(request: MemberRequest, slug: str) -> HttpResponse:
    found = _asked(request, slug)
    if len(found) > 1:
        return render(request, "surveys/choose.html", {"responses": found})
    sheet = reading.read(found[0])
    part = sheet.part(request.GET.get("section", "")) or next(iter(sheet.parts), None)
    now = timezone.now()
    if request.method == "POST" and part:
        return _save(request, sheet, part)
    if part is None or not drafting.takes_answers(response=sheet.response, now=now):
        return redirect(_url("review", sheet.response))
    drafting.mark_opened(response=sheet.response, now=now)
    if typed := holding.take(request):
        return _section(request, sheet, part, asking.shown_unsaved(part, typed), is_held=True)
    return _section(request, sheet, part, asking.shown(part))


def _save(request: MemberRequest, sheet: Sheet, part: Part) -> HttpResponse:
    """Save a section; show it again when something could not be saved, as it was typed."""
    form, response = Form(request.POST, request.FILES), sheet.response
    if key := request.POST.get("clear", ""):
        form = form.without(key)
    if key := request.POST.get("carry", ""):
        form = _carried(sheet, part, form, key)
    try:
        outcome = filling.save(
            response=response, part=part, form=form, by=request.user, now=timezone.now()
        )
    except (drafting.NotOpen, drafting.AlreadySubmitted, entries.Invalid) as refusal:
        response.refresh_from_db(fields=["state", "submitted_at", "submitted_by"])
        asked = asking.shown_unsaved(part, form)
        return _section(request, sheet, part, asked, refusal=_why(refusal), status=409)
    outcome.faults |= _talk(request, response, part, form)
    for note in outcome.notes:
        messages.warning(request, note)
    if outcome.is_saved:
        return redirect(_next_url(request, sheet, part))
    sheet = reading.read(response)
    part = sheet.part(part.section.key) or part
    return _section(request, sheet, part, asking.shown_again(part, form, outcome))


def _talk(request: MemberRequest, response: Response, part: Part, form: Form) -> dict[str, str]:
    """Add and resolve comments as the form says; return what could not be added."""
    act: dict[str, Any] = {"response": response, "by": request.user, "now": timezone.now()}
    for question in (item.question for item in part.items):
        if request.POST.get("resolve") == question.key:
            commenting.resolve(**act, question=question)
    return commenting.say_all(**act, part=part, form=form)


@require_POST
def answer(request: HttpRequest, slug: str, key: str) -> JsonResponse:
    """Save one answer while somebody types; says in JSON what became of it."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("You are signed out.")}, status=401)
    response, question = _one(request, slug, key)
    form, now = Form(request.POST, request.FILES), timezone.now()
    try:
        revision = filling.save_one(
            response=response, question=question, form=form, by=request.user, now=now
        )
    except entries.Invalid as fault:
        return JsonResponse({"error": str(fault)}, status=422)
    except (drafting.NotOpen, drafting.AlreadySubmitted) as refusal:
        return JsonResponse({"error": _why(refusal), "is_closed": True}, status=403)
    except drafting.AnswerChanged:
        return JsonResponse({"html": _both(request, response, key)}, status=409)
    doubt = _doubt(response, question, form)
    return JsonResponse({"revision": revision, "saved": wording.saved_at(now), "doubt": doubt})


def _doubt(response: Response, question: Question, form: Form) -> str:
    """Return what to ask about an answer that was saved as the form says."""
    today = wave_day(response, timezone.now())
    entry = entries.clean(question, form.fields, today)
    return doubting.at_once(response, question, entry, today)


@login_required
@second_factor_required
@require_POST
def submit(request: MemberRequest, slug: str) -> HttpResponse:
    """Hand the response in; only a coordinator does."""
    found = _asked(request, slug)
    if len(found) > 1:
        raise Http404
    if not may_submit(request.user, found[0]):
        raise PermissionDenied
    try:
        submitting.submit(response=found[0], by=request.user, now=timezone.now())
    except submitting.Incomplete:
        messages.error(request, _("Not submitted: some answers are missing. They are listed here."))
    except drafting.NotOpen as refusal:
        messages.error(request, _why(refusal))
    except submitting.NotSignedOff:
        text = _("Not submitted: some sections are not signed off. They are listed here.")
        messages.error(request, text)
    else:
        messages.success(request, _("Submitted. Thank you for answering for your agency."))
    return redirect(_url("review", found[0]))


@require_safe
def file(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Give a file of an answer to those who may read the answer."""
    found = AnswerFile.objects.visible_to(request.user).filter(uid=uid).first()
    if found is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if found is None:
        raise Http404
    try:
        return files.serve(request, found.file, found.name)
    except FileNotFoundError:
        log.exception("file_is_missing", answer_file=str(found.uid))
        raise Http404 from None


def _asked(request: MemberRequest, slug: str) -> list[Response]:
    """Return the responses of the reader's agencies in this wave: the named one, or all."""
    mine = Response.objects.answered_by(request.user).filter(wave__slug=slug)
    found = of_agency(request, mine.select_related("wave__survey", "agency", "submitted_by"))
    if not found:
        raise Http404
    return found


def _one(request: HttpRequest, slug: str, key: str) -> tuple[Response, Question]:
    """Return one question of a response that the reader fills in, with its choices."""
    mine = Response.objects.answered_by(request.user).filter(wave__slug=slug)
    found = of_agency(request, mine.select_related("wave__survey", "agency"))
    if len(found) != 1:
        raise Http404
    survey = found[0].wave.survey
    question = get_object_or_404(survey.questions, key=key)
    if question.type not in entries.WITHOUT_CHOICES:
        prefetch_related_objects([question], "choices")
    question.survey, question.widest_sharing = survey, found[0].wave.widest_sharing
    return found[0], question


def _section(
    request: MemberRequest,
    sheet: Sheet,
    part: Part,
    asked: list[Asked],
    *,
    refusal: str = "",
    is_held: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = _team(request, sheet, part) | {
        "sheet": sheet,
        "part": part,
        "questions": _beside(sheet, part, asked),
        "wrong": [one for one in asked if one.error],
        "next": sheet.after(part),
        "refusal": refusal,
        "is_held": is_held,
        "elsewhere": asking.elsewhere(sheet, part),
        "closes": wording.moment(sheet.response.wave, sheet.response.closes_at),
    }
    return render(request, "surveys/respond.html", context, status=status)


def _beside(sheet: Sheet, part: Part, asked: list[Asked]) -> list[Asked]:
    """Put what colleagues said, the last wave's answers and doubts beside the questions."""
    said = teamwork.threads(part, sheet)
    given = {item.question.key: item.entry for item in sheet.items if item.applies}
    return asking.discussed(asked, said, _earlier(sheet, part), given)


def _earlier(sheet: Sheet, part: Part) -> dict[int, carrying.Earlier]:
    questions = [item.question for item in part.items]
    return carrying.earlier(sheet.response, questions, wave_day(sheet.response, timezone.now()))


def _carried(sheet: Sheet, part: Part, form: Form, key: str) -> Form:
    """Return the form with the last wave's answer to one question, where it holds still."""
    question = next((i.question for i in part.items if i.question.key == key), None)
    before = _earlier(sheet, part).get(question.pk) if question else None
    return form.saying(key, before.fields) if before and before.fields else form


def _team(request: MemberRequest, sheet: Sheet, part: Part) -> dict[str, Any]:
    """Return who has which section, and whether the reader can call this one ready."""
    desks = teamwork.desks(sheet, teamwork.at_work(sheet, request.user, timezone.now()))
    desk = next(one for one in desks if one.part.number == part.number)
    owner = desk.work.owner_id if desk.work else None
    is_theirs = owner in (None, request.user.pk)
    readies = not desk.is_finished and (is_theirs or may_give(request.user, sheet.response))
    return {"desks": desks, "desk": desk, "may_ready": readies}


def _next_url(request: MemberRequest, sheet: Sheet, part: Part) -> str:
    post = request.POST
    if "ready" in post:
        _mark_ready(request, sheet, part)
    if key := next(filter(None, map(post.get, _STAYS)), ""):
        return f"{_url('respond', sheet.response, part)}#q-{key}"
    if "later" in post:
        messages.success(request, _("Your answers are saved. You can go on any time."))
        return reverse("surveys:list")
    after = sheet.after(part)
    return _url("respond", sheet.response, after) if after else _url("review", sheet.response)


def _mark_ready(request: MemberRequest, sheet: Sheet, part: Part) -> None:
    """Call a section ready that has just been saved; who may not does nothing."""
    response, section = sheet.response, part.section
    if not may_ready(request.user, response, response.works.filter(section=section).first()):
        return
    signing_off.mark_ready(response=response, section=section, by=request.user, now=timezone.now())
    messages.success(request, _("“%s” is ready for sign-off.") % section)


def _url(page: str, response: Response, part: Part | None = None) -> str:
    query = {"agency": response.agency.slug}
    if part:
        query["section"] = part.section.key
    return reverse(f"surveys:{page}", args=[response.wave.slug], query=query)


def _why(refusal: Exception) -> str:
    if isinstance(refusal, drafting.AlreadySubmitted):
        return _("The response has been submitted and does not change any more.")
    if isinstance(refusal, entries.Invalid):
        return str(refusal)
    return _("The survey is not open: it takes no answers now.")


def _row(response: Response, progress: reading.Progress, now: Any) -> dict[str, Any]:
    wave = response.wave
    return {
        "response": response,
        "progress": progress,
        "is_open": response.is_open(now),
        "is_ahead": now < wave.opens_at,
        "opens": wording.moment(wave, wave.opens_at),
        "closes": wording.moment(wave, response.closes_at),
        "url": _url("respond", response),
    }


def _both(request: HttpRequest, response: Response, key: str) -> str:
    """Return a colleague's answer as the page shows it beside the reader's own."""
    item = next(item for item in reading.read(response).items if item.question.key == key)
    return render_to_string("surveys/_conflict.html", {"one": asking.clashing(item)}, request)
