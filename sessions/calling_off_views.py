"""The pages on which a session is called off and put back on: first they say what it touches."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import confirming
from accounts.http import MemberRequest
from agencies.permissions import facilitator_required
from sessions import effects, scheduling
from sessions.forms import CancelForm
from sessions.models import PracticeSession


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: MemberRequest, slug: str) -> HttpResponse:
    """Say what it touches and ask for the reason, then call the session off."""
    session, now = _run(request, slug), timezone.now()
    form = CancelForm(request.POST or None, session=session)
    if session.is_cancelled:
        messages.info(request, _("It is canceled already."))
    elif session.is_over(now):
        messages.error(request, _("This session was held. It cannot be canceled any more."))
    elif request.method != "POST" or not form.is_valid():
        return confirming.ask(request, _calling_off(session), form=form)
    else:
        scheduling.cancel(session=session, reason=form.cleaned_data["reason"], now=now)
        said = _("Canceled. Everybody who is asked is told.")
        messages.success(request, said if session.is_announced else _("Canceled. Nobody is told."))
    return redirect("sessions:manage-detail", slug)


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def reinstate(request: MemberRequest, slug: str) -> HttpResponse:
    """Say what it touches and ask for the reason, then put a canceled session back on."""
    session, now = _run(request, slug), timezone.now()
    form = CancelForm(request.POST or None, session=session)
    if not session.is_cancelled:
        messages.info(request, _("It is not canceled."))
    elif session.is_over(now):
        messages.error(request, _("Its time has passed. Plan another one instead."))
    elif request.method != "POST" or not form.is_valid():
        return confirming.ask(request, _putting_back(session), form=form, is_calm=True)
    else:
        told = scheduling.reinstate(session=session, reason=form.cleaned_data["reason"], now=now)
        messages.success(request, _("The session is on again.") + f" {effects.told(told)}")
    return redirect("sessions:manage-detail", slug)


def _calling_off(session: PracticeSession) -> confirming.Asked:
    touched = [_("It was never published: nobody is told.")]
    if session.is_announced:
        touched = [
            effects.told(session.invitations.standing().count()),
            _("It leaves their calendars; its page stays and says that it is canceled."),
            _("Reminders that have not gone out are withdrawn."),
        ]
    return {
        "question": _("Cancel this session?"),
        "subject": session.title,
        "effects": [*touched, _("As long as its time has not come you can put it back on.")],
        "submit": _("Cancel the session"),
        "back_url": _page(session),
    }


def _putting_back(session: PracticeSession) -> confirming.Asked:
    touched = [_("It was never published: it becomes a draft again, and nobody is told.")]
    if session.is_announced:
        touched = [
            effects.told(session.invitations.standing().count()),
            _("Their calendars show it again, and the answers that they gave stand."),
        ]
    return {
        "question": _("Put this session back on?"),
        "subject": session.title,
        "effects": touched,
        "submit": _("Put it back on"),
        "back_url": _page(session),
    }


def _page(session: PracticeSession) -> str:
    return reverse("sessions:manage-detail", args=[session.slug])


def _run(request: MemberRequest, slug: str) -> PracticeSession:
    return get_object_or_404(PracticeSession.objects.run_by(request.user), slug=slug)
