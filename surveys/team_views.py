"""The agency's own pages about a response: who has which section, and who agrees to it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import concurrency
from accounts.http import MemberRequest
from accounts.models import User
from surveys import assigning, drafting, reading, signing_off, teamwork, wording
from surveys.http import own_response
from surveys.models import Response, Section, SectionWork
from surveys.permissions import has_reviewer, may_give, may_ready, may_sign_off, reviewers
from surveys.reading import Sheet
from surveys.team_forms import GiveForm, ReturnForm, ReviewerForm, colleagues
from surveys.teamwork import Desk


@login_required
@require_safe
def overview(request: MemberRequest, slug: str) -> HttpResponse:
    """Show who has which section, how far each is, and what was said."""
    response = own_response(request, slug)
    now = timezone.now()
    if drafting.takes_answers(response=response, now=now):
        drafting.mark_opened(response=response, now=now)
    return _overview(request, response)


@login_required
@require_POST
def give(request: MemberRequest, slug: str, section: str) -> HttpResponse:
    """Give a section to a colleague; a coordinator does."""
    response = own_response(request, slug)
    found = _section(response, section)
    if not may_give(request.user, response):
        raise PermissionDenied
    form = GiveForm(request.POST, prefix=section, people=colleagues(response.agency))
    if not form.is_valid():
        return _overview(request, response, bound=form)
    to, note = form.cleaned_data["person"], form.cleaned_data["note"]
    act = partial(assigning.give, response=response, section=found, to=to, note=note)
    _decide(request, act, _given(found, to, request.user))
    return redirect(f"{_url('overview', response)}#section-{section}")


@login_required
@require_POST
def name_reviewer(request: MemberRequest, slug: str) -> HttpResponse:
    """Say who signs sections off; a coordinator does."""
    response = own_response(request, slug)
    if not may_give(request.user, response):
        raise PermissionDenied
    form = ReviewerForm(request.POST, people=colleagues(response.agency))
    if not form.is_valid():
        return _overview(request, response, naming=form)
    reviewer = form.cleaned_data["person"]
    act = partial(assigning.name_reviewer, response=response, reviewer=reviewer)
    text = _("%(name)s signs sections off.") % {"name": reviewer or _("A coordinator")}
    _decide(request, act, text)
    return redirect(_url("overview", response))


@login_required
@require_safe
def section(request: MemberRequest, slug: str, section: str) -> HttpResponse:
    """Show one section to look through, with what was said, and what can be decided."""
    return _look(request, own_response(request, slug), section, ReturnForm())


@login_required
@require_POST
def ready(request: MemberRequest, slug: str, section: str) -> HttpResponse:
    """Call a section ready; its owner or a coordinator does."""
    response = own_response(request, slug)
    found = _section(response, section)
    if not may_ready(request.user, response, response.works.filter(section=found).first()):
        raise PermissionDenied
    act = partial(signing_off.mark_ready, response=response, section=found)
    _decide(request, act, _("“%s” is ready for sign-off.") % found)
    return redirect(f"{_url('overview', response)}#section-{section}")


@login_required
@require_POST
def sign_off(request: MemberRequest, slug: str, section: str) -> HttpResponse:
    """Agree to a section; the reviewer does."""
    response = own_response(request, slug)
    found = _section(response, section)
    if not may_sign_off(request.user, response):
        raise PermissionDenied
    seen = request.POST.get("seen", "")
    act = partial(signing_off.sign_off, response=response, section=found, seen=seen)
    try:
        _decide(request, act, _("“%s” is signed off.") % found)
    except concurrency.ChangedMeanwhile:
        text = _("Not signed off: an answer has changed since you looked. It stands here now.")
        messages.error(request, text)
        return redirect(_url("section", response, section))
    return redirect(f"{_url('overview', response)}#section-{section}")


@login_required
@require_POST
def send_back(request: MemberRequest, slug: str, section: str) -> HttpResponse:
    """Return a section with a note; the reviewer does."""
    response = own_response(request, slug)
    found = _section(response, section)
    if not may_sign_off(request.user, response):
        raise PermissionDenied
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _look(request, response, section, form)
    reason = form.cleaned_data["reason"]
    act = partial(signing_off.send_back, response=response, section=found, reason=reason)
    _decide(request, act, _("“%s” is returned.") % found)
    return redirect(f"{_url('overview', response)}#section-{section}")


def _overview(
    request: MemberRequest,
    response: Response,
    *,
    bound: GiveForm | None = None,
    naming: ReviewerForm | None = None,
) -> HttpResponse:
    sheet, now = reading.read(response), timezone.now()
    is_open = response.state == Response.State.DRAFT and now < response.closes_at
    gives = is_open and may_give(request.user, response)
    people = colleagues(response.agency) if gives else []
    desks = teamwork.desks(sheet, teamwork.at_work(sheet, request.user, now))
    current = {"person": response.reviewer_id}
    context = _shared(request, sheet) | {
        "rows": [(desk, _give_form(desk, people, bound) if gives else None) for desk in desks],
        "talks": teamwork.talks(sheet),
        "is_open": is_open,
        "is_named": has_reviewer(response),
        "reviewers": list(reviewers(response)[:10]),
        "naming": (naming or ReviewerForm(people=people, initial=current)) if gives else None,
        "wrong": bound or naming,
    }
    return render(request, "surveys/overview.html", context)


def _give_form(desk: Desk, people: list[User], bound: GiveForm | None) -> GiveForm:
    key = desk.part.section.key
    if bound and bound.prefix == key:
        return bound
    work = desk.work or SectionWork()
    return GiveForm(prefix=key, people=people, initial={"person": work.owner_id, "note": work.note})


def _look(
    request: MemberRequest, response: Response, key: str, returning: ReturnForm
) -> HttpResponse:
    sheet = reading.read(response)
    desk = next((one for one in teamwork.desks(sheet) if one.part.section.key == key), None)
    if desk is None:
        raise Http404
    said = teamwork.threads(desk.part, sheet)
    is_open = drafting.takes_answers(response=response, now=timezone.now())
    context = _shared(request, sheet) | {
        "desk": desk,
        "items": [(item, said.get(item.question.pk, [])) for item in desk.part.items],
        "edition": teamwork.edition(teamwork.answers_of(desk.part)),
        "returning": returning,
        "is_open": is_open,
        "may_decide": is_open and may_sign_off(request.user, response),
        "may_ready": is_open
        and not desk.is_finished
        and may_ready(request.user, response, desk.work),
    }
    return render(request, "surveys/section.html", context)


def _shared(request: MemberRequest, sheet: Sheet) -> dict[str, Any]:
    response = sheet.response
    return {
        "sheet": sheet,
        "agency": response.agency.slug,
        "closes": wording.moment(response.wave, response.closes_at),
        "signs": may_sign_off(request.user, response),
    }


def _section(response: Response, key: str) -> Section:
    return get_object_or_404(response.wave.survey.sections, key=key)


def _given(section: Section, to: User | None, by: User) -> str:
    words = {"section": section, "name": to}
    if to is None:
        return _("Nobody in particular has “%(section)s” now.") % words
    if to == by:
        return _("“%(section)s” is yours.") % words
    return _("%(name)s has “%(section)s” now and gets an e-mail.") % words


def _decide(request: MemberRequest, act: Callable[..., object], said: str) -> None:
    """Do it in the reader's name and say so, or say why nothing was done."""
    try:
        act(by=request.user, now=timezone.now())
    except signing_off.NotReady:
        text = _("Nobody has called this section ready yet, or it was returned meanwhile.")
        messages.error(request, text)
    except assigning.NotAColleague:
        messages.error(request, _("Not saved: this person has left the agency meanwhile."))
    except (drafting.AlreadySubmitted, drafting.NotOpen):
        text = _("The response has been submitted, or the survey has closed: nothing changes now.")
        messages.error(request, text)
    else:
        messages.success(request, said)


def _url(page: str, response: Response, *args: str) -> str:
    query = {"agency": response.agency.slug}
    return reverse(f"surveys:{page}", args=[response.wave.slug, *args], query=query)
