"""Register: at once, or with the questions and the access needs that a webinar asks for."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import MemberRequest
from accounts.sign_in import has_proved_address
from notifications import suppressing
from notifications.models import Category
from webinars import entering, registration
from webinars.entry_forms import EntryForm
from webinars.models import Registration, Webinar
from webinars.permissions import standing


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def register(request: MemberRequest, slug: str) -> HttpResponse:
    """Give the reader a place; who comes here from signing in presses the button once more."""
    seen = Webinar.objects.visible_to(request.user).with_questions()
    webinar = get_object_or_404(seen, slug=slug)
    if webinar.asks_anything(timezone.now()):
        return _ask(request, webinar)
    if request.method == "POST":
        if not has_proved_address(request.user):
            return _to_prove(request)
        _register(request, webinar, None)
    return redirect(webinar)


def _ask(request: MemberRequest, webinar: Webinar) -> HttpResponse:
    """Show the questions; a valid answer gives a place, or changes what was said."""
    now, (place, declined_reason) = timezone.now(), standing(request.user, webinar)
    if place is None and not webinar.takes_newcomers(now):
        messages.error(request, _("Registration has closed. You were not registered."))
        return redirect(webinar)
    if declined_reason:
        return redirect(webinar)  # which says that it was declined, and why
    if not has_proved_address(request.user):
        return _to_prove(request)
    is_sent = request.method == "POST"
    form = EntryForm(
        request.POST if is_sent else None,
        webinar=webinar,
        place=place,
        asks_access=webinar.takes_access_needs(now),
    )
    if is_sent and form.is_valid():
        _register(request, webinar, form)
        return redirect(webinar)
    return render(
        request, "webinars/register.html", {"webinar": webinar, "place": place, "form": form}
    )


def _register(request: MemberRequest, webinar: Webinar, form: EntryForm | None) -> None:
    """Give the place and say what came of it."""
    now, person = timezone.now(), request.user
    try:
        if form is None:
            place = registration.register(webinar=webinar, person=person, now=now)
        else:
            place = entering.enter(
                webinar=webinar,
                person=person,
                answers=form.answers(),
                needs=form.needs(),
                now=now,
            )
    except registration.IsCalledOff:
        messages.error(request, _("This webinar was canceled meanwhile. You were not registered."))
    except registration.RegistrationClosed:
        messages.error(request, _("Registration has closed. You were not registered."))
    except registration.NotAdmitted as reason:
        messages.error(request, _("You were not registered. %(reason)s") % {"reason": reason})
    else:
        _say(request, place)


def _to_prove(request: MemberRequest) -> HttpResponse:
    messages.error(request, _("Prove your e-mail address first, then register."))
    return redirect("account_email")


def _say(request: MemberRequest, place: Registration) -> None:
    """Say what came of registering."""
    position = place.webinar.registrations.position(place)
    if place.state == Registration.State.PENDING:
        words = _("An organizer looks at your registration. We write to you when it is decided.")
        messages.success(request, words)
    elif position is None:
        address = request.user.email
        words = _("You are registered. A confirmation is on its way to %(address)s.")
        if suppressing.why(address, Category.CHANGES):
            words = _("You are registered. No e-mail reaches %(address)s: see your place here.")
        messages.success(request, words % {"address": address})
    else:
        words = _("All seats are taken. You are number %(position)s in line.")
        if place.webinar.seats_per_agency:
            words = _("No seat is free for you at present. You are number %(position)s in line.")
        messages.warning(request, words % {"position": position})
