"""Answers to a session's invitation: on the session's page, and by the links in messages."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.http import MemberRequest
from accounts.models import User
from events.personal_links import LinkEnded, UnknownToken
from events.private_pages import ended, kept_private, unknown
from notifications import suppressing
from notifications.models import Category
from sessions import answer_links, invitations
from sessions.forms import RsvpForm
from sessions.models import Invitation, PracticeSession
from sessions.permissions import can_read_inside


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rsvp(request: MemberRequest, community: str, slug: str) -> HttpResponse:
    """Take the reader's answer to the invitation."""
    session = get_object_or_404(
        PracticeSession.objects.open_to(request.user), community__slug=community, slug=slug
    )
    if request.method == "POST":  # else it is who had to sign in again
        _take(request, session, request.user)
    return redirect(session)


@csrf_exempt  # the token is the proof; in-app browsers of mail programs keep no cookies
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show who has the link the answer that it chooses; only a press gives it, for one person.

    The join link is not here, but in the message that follows: who else opens this never has it,
    and reads nothing that is closed.
    """
    try:
        invitation = answer_links.read(token, timezone.now())
    except LinkEnded:
        return ended(request)
    except UnknownToken:
        return unknown(request, "sessions/answer_unknown.html")
    if request.method == "POST" and (onward := _press(request, invitation)):
        return kept_private(onward)
    session = invitation.session
    chosen = request.GET.get("answer") or invitation.rsvp
    context = {
        "session": session,
        "invitation": invitation,
        "is_inside": can_read_inside(request.user, session),
        "is_reached": not suppressing.why(invitation.person.email, Category.CHANGES),
        "form": RsvpForm(request.POST or None, initial={"rsvp": chosen}),
    }
    return kept_private(render(request, "sessions/answer.html", context))


def _press(request: HttpRequest, invitation: Invitation) -> HttpResponse | None:
    """Take a press behind a link; None if its answer cannot be. Who presses often is held up."""
    too_many: HttpResponse | None = ratelimit.consume_or_429(
        request, action="answer_by_link", key=str(invitation.pk)
    )
    if too_many:
        return too_many
    is_taken = _take(request, invitation.session, invitation.person)
    return redirect(request.path) if is_taken else None


def _take(request: HttpRequest, session: PracticeSession, person: User) -> bool:
    """Take the answer that was sent, or say why not."""
    form = RsvpForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose yes, no or maybe."))
        return False
    try:
        rsvp = form.cleaned_data["rsvp"]
        invitations.answer(session=session, person=person, rsvp=rsvp, now=timezone.now())
    except invitations.AnswersClosed:
        messages.error(request, _("It is too late to answer: the session is over or is off."))
    except invitations.SessionFull:
        messages.error(request, _("All seats are taken. Answer “maybe” in case one is given up."))
    else:
        messages.success(request, _("Thank you, your answer is noted."))
        return True
    return False
