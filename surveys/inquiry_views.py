"""Open a cell of the comparison, ask the agency about it, and answer such questions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from accounts.sign_in import awaits_second_factor
from agencies import membership
from agencies.permissions import (
    ask_for_second_factor,
    can_see_contacts,
    is_coordinator,
    second_factor_required,
)
from surveys import cells, giving, holding, inquiring, wording
from surveys.cells import Opened
from surveys.inquiry_forms import InquiryForm, RemovalForm, ReplyForm
from surveys.models import Answer, Inquiry, Response, Wave
from surveys.permissions import asking_for, may_speak

PAGE = 20
MINE = 10  # of one's own questions beside a cell
CONTACTS = 20


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: HttpRequest, slug: str, agency: str, key: str) -> HttpResponse:
    """Show what one agency answered to one question, and take a question about it."""
    if request.method == "POST" and not request.user.is_authenticated:
        holding.hold(request)
        return redirect_to_login(request.get_full_path())
    response = _response(request, slug, agency)
    own = Response.objects.answered_by(request.user).filter(wave=response.wave)
    found = cells.opened(response, key, own.select_related("agency")[:CONTACTS], request.user)
    if found is None:
        raise Http404
    if request.method == "POST":
        return _ask(request, found)  # type: ignore[arg-type] # signed in
    held = holding.take(request)
    initial = held.fields.dict() if held else {"part": request.GET.get("part", "")}
    return _cell(request, found, InquiryForm(initial=initial, parts=found.parts))


def _ask(request: MemberRequest, found: Opened) -> HttpResponse:
    form = InquiryForm(request.POST, parts=found.parts)
    agency = asking_for(request.user, found.column.response)
    if agency is None or found.answer is None:
        raise PermissionDenied
    if not form.is_valid():
        return _cell(request, found, form)
    try:
        inquiry = inquiring.ask(
            answer=found.answer,
            agency=agency,
            **form.cleaned_data,
            by=request.user,
            now=timezone.now(),
        )
    except inquiring.TooMany:
        text = _("You have asked %d questions within a day. Ask this one tomorrow.")
        form.add_error(None, text % inquiring.PER_DAY)
    except inquiring.NobodyToAsk:
        form.add_error(None, _("Nobody speaks for this agency on the portal yet."))
    else:
        messages.success(request, _on_its_way(inquiry))
        return redirect(inquiry)
    return _cell(request, found, form)


def _on_its_way(inquiry: Inquiry) -> str:
    """Say who has the question now."""
    if inquiring.reached(inquiry.answer.response.agency):
        return _("Your question is on its way. The answer comes by e-mail.")
    return _("No e-mail reaches who speaks for the agency. The organizers pass your question on.")


@login_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List what the reader's agencies are asked, and what the reader has asked."""
    put = Inquiry.objects.put_to(request.user).with_cell().newest_first()
    asked = Inquiry.objects.visible_to(request.user).filter(asked_by=request.user)
    waiting = put.open()
    context = {
        "waiting": waiting[:PAGE],
        "page": Paginator(put.exclude(pk__in=waiting.values("pk")), PAGE).get_page(
            request.GET.get("page")
        ),
        "asked": asked.with_cell().newest_first()[:PAGE],
        "is_coordinator": is_coordinator(request.user),
    }
    return render(request, "surveys/inquiries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one question and what became of it; a coordinator answers or declines here."""
    if request.method == "POST" and not request.user.is_authenticated:
        holding.hold(request)
    return _show(request, uid)  # type: ignore[arg-type] # lets only members through


@login_required
def _show(request: MemberRequest, uid: UUID) -> HttpResponse:
    inquiry = _inquiry(request, uid)
    if request.method != "POST":
        held = holding.take(request)
        return _page(request, inquiry, ReplyForm(initial=held.fields.dict() if held else None))
    if awaits_second_factor(request.user):
        return ask_for_second_factor(request)
    if not may_speak(request.user, inquiry.answer.response):
        raise PermissionDenied
    return _settle(request, inquiry)


def _settle(request: MemberRequest, inquiry: Inquiry) -> HttpResponse:
    """Decline or answer; who comes second sees what a colleague said, and what was typed stays."""
    form = ReplyForm(request.POST)
    how: dict[str, Any] = {"inquiry": inquiry, "by": request.user, "now": timezone.now()}
    try:
        if "decline" in request.POST:
            inquiry = inquiring.decline(**how)
            messages.success(request, _settled(inquiry))
            return redirect(inquiry)
        if form.is_valid():
            inquiry = inquiring.reply(**form.cleaned_data, **how)
            messages.success(request, _settled(inquiry))
            return redirect(inquiry)
    except inquiring.Settled as settled:
        form.is_valid()
        form.add_error(None, _("A colleague was faster. What you typed has not been sent."))
        return _page(request, settled.inquiry, form, status=409)
    return _page(request, inquiry, form)


def _settled(inquiry: Inquiry) -> str:
    """Say what was decided, and whether who asked hears of it."""
    is_told = inquiring.can_be_told(inquiry)
    if inquiry.state == Inquiry.State.DECLINED:
        kindly = _("Declined. Who asked is told so, kindly.")
        return kindly if is_told else _("Declined. No e-mail reaches who asked.")
    if is_told:
        return _("Your answer is on its way to who asked.")
    return _("Your answer stands here. No e-mail reaches who asked.")


@require_POST
@login_required
@second_factor_required
def note(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Show an answer as a practice note, or no longer; the agency's coordinators decide."""
    inquiry = _inquiry(request, uid)
    if not may_speak(request.user, inquiry.answer.response):
        raise PermissionDenied
    is_note = request.POST.get("is_note") == "yes"
    try:
        inquiring.show(inquiry=inquiry, is_note=is_note)
    except inquiring.Settled:
        messages.error(request, _("There is no answer that could be a practice note."))
    else:
        text = _("It is a practice note now.") if is_note else _("It is no practice note any more.")
        messages.success(request, text)
    return redirect(inquiry)


def _response(request: HttpRequest, slug: str, agency: str) -> Response:
    waves = Wave.objects.with_findings_for(request.user).select_related("survey")
    wave = get_object_or_404(waves, slug=slug)
    named = wave.responses.named_to(request.user).select_related("agency")
    response = get_object_or_404(named, agency__slug=agency)
    response.wave = wave
    return response


def _inquiry(request: MemberRequest, uid: UUID) -> Inquiry:
    return get_object_or_404(Inquiry.objects.visible_to(request.user).with_cell(), uid=uid)


def _cell(request: HttpRequest, found: Opened, form: InquiryForm) -> HttpResponse:
    response, user = found.column.response, request.user
    contacts = membership.coordinators(response.agency)[:CONTACTS]
    asked = Inquiry.objects.visible_to(user).filter(answer=found.answer)
    mine = asked.filter(asked_by=user.pk).newest_first() if user.is_authenticated else asked.none()
    given = response.submitted_at
    may_ask = found.answer is not None and asking_for(user, response) is not None
    context = {
        "found": found,
        "response": response,
        "wave": response.wave,
        "owed": found.held and giving.owed(response.wave, user, found.held, timezone.now()),
        "notes": cells.notes(found.answer, user),
        "mine": mine[:MINE],
        "form": form,
        "answered_on": wording.day(response.wave, given) if given else "",
        "contacts": contacts if can_see_contacts(user, response.agency) else [],
        "may_ask": may_ask,
        "is_reachable": bool(contacts),
        "is_reached": may_ask and bool(inquiring.reached(response.agency)),
    }
    return render(request, "surveys/findings_cell.html", context)


def _page(
    request: MemberRequest, inquiry: Inquiry, form: ReplyForm, status: int = 200
) -> HttpResponse:
    response, person = inquiry.answer.response, request.user
    readable = Answer.objects.visible_to(person).filter(pk=inquiry.answer_id, applies=True)
    address = [response.wave.slug, response.agency.slug, inquiry.answer.question.key]
    context = {
        "inquiry": inquiry,
        "response": response,
        "form": form,
        "cell_url": reverse("surveys:findings-cell", args=address) if readable.exists() else "",
        "may_speak": may_speak(person, response),
        "is_asker": inquiry.asked_by_id == person.pk,
        "is_reached": inquiry.is_open and bool(inquiring.reached(response.agency)),
        "is_hidden": inquiry.removed_at is not None and not person.is_organiser,
        "removal": RemovalForm() if person.is_organiser and not inquiry.removed_at else None,
    }
    return render(request, "surveys/inquiry.html", context, status=status)
