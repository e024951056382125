"""One's own place in a webinar: by the link in a mail, and giving the seat to a colleague."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.http import MemberRequest
from accounts.models import User
from events.personal_links import LinkEnded, UnknownToken
from notifications import suppressing
from notifications.models import Category
from webinars import entering, offering, personal, registration
from webinars.entry_forms import EntryForm
from webinars.models import Registration, Webinar
from webinars.permissions import offer_to, place_of, standing
from webinars.place_forms import SubstituteForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, token: str) -> HttpResponse:
    """Show whoever has the link the person's place, and what can be done; only a press does it."""
    now = timezone.now()
    try:
        webinar, person = _read(token, now)
    except LinkEnded:
        return render(request, "events/link_ended.html", status=410)
    place, declined_reason = standing(person, webinar)
    offer = offer_to(person, webinar, now)
    form = _asked(request, webinar, place, now) if offer else None
    if request.method == "POST" and (form is None or not form.is_bound or form.is_valid()):
        _act(request, webinar, person, form)
        return redirect(_origin(request, webinar, token))
    context = {
        "webinar": webinar,
        "person": person,
        "stage": webinar.stage(now),
        "place": place,
        "position": webinar.registrations.position(place),
        "offer": offer,
        "declined_reason": declined_reason,
        "form": form,
    }
    return render(request, "webinars/place.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def substitute(request: MemberRequest, slug: str) -> HttpResponse:
    """Let who holds a seat ask a colleague to come instead."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    now, me = timezone.now(), request.user
    place = place_of(me, webinar)
    if "keep" in request.POST:
        offering.take_back(webinar=webinar, person=me, now=now)
        messages.success(request, _("The seat stays yours. Your colleague is asked no longer."))
        return redirect("webinars:substitute", slug)
    form = SubstituteForm(request.POST or None, people=offering.substitutes(webinar, me))
    if request.method == "POST" and form.is_valid():
        _name_substitute(request, webinar, form)
        return redirect("webinars:substitute", slug)
    context = {
        "webinar": webinar,
        "place": place,
        "form": form,
        "is_open": webinar.is_open(now),
        "asked": webinar.offers.open().filter(giver__person=me).select_related("person").first(),
    }
    return render(request, "webinars/substitute.html", context)


def _name_substitute(request: MemberRequest, webinar: Webinar, form: SubstituteForm) -> None:
    """Ask the chosen colleague, and say what came of it."""
    now, me = timezone.now(), request.user
    try:
        offering.name_substitute(webinar=webinar, person=me, now=now, **form.cleaned_data)
    except registration.RegistrationClosed:
        messages.error(request, _("Nothing was changed: it is too late for that."))
    except offering.HasNoSeat:
        messages.error(request, _("You have no seat to give, or a colleague is asked already."))
    except offering.CannotBeAsked:
        messages.error(request, _("This colleague has a place by now. Choose somebody else."))
    else:
        words = _("%s is asked by e-mail. The seat stays yours until they say yes.")
        messages.success(request, words % form.cleaned_data["colleague"])


def _asked(
    request: HttpRequest, webinar: Webinar, place: Registration | None, now: datetime
) -> EntryForm | None:
    """Return what is asked of who takes a seat, unless they have answered it before.

    What somebody needs to take part is not shown to whoever has the link: only newcomers are asked.
    """
    form = EntryForm(
        request.POST if "take" in request.POST else None,
        webinar=webinar,
        place=place,
        asks_access=place is None and webinar.takes_access_needs(now),
    )
    return form if form.is_called_for() else None


def _origin(request: HttpRequest, webinar: Webinar, token: str) -> str:
    """Return the page on which the button stood: one's own, the webinar's, or the mail's."""
    pages = {"my": reverse("my"), "webinar": webinar.get_absolute_url()}
    return pages.get(request.POST.get("back", ""), reverse("webinars:place", args=[token]))


def _read(token: str, now: datetime) -> tuple[Webinar, User]:
    """Return what the link is about. Raises LinkEnded, or Http404 if it opens nothing."""
    try:
        webinar, person = personal.read(token, now)
    except UnknownToken:
        raise Http404 from None
    if not _may_know(person, webinar):
        raise Http404
    return webinar, person


def _may_know(person: User, webinar: Webinar) -> bool:
    """Whoever had a place may still give it up, also after leaving the agency."""
    if not webinar.is_announced:
        return False
    if webinar.registrations.filter(person=person).exists():
        return True
    return Webinar.objects.visible_to(person).filter(pk=webinar.pk).exists()


def _say(request: HttpRequest, place: Registration) -> None:
    position = place.webinar.registrations.position(place)
    if position is None:
        words = _("The seat is yours. A confirmation is on its way.")
        if suppressing.why(place.person.email, Category.CHANGES):
            words = _("The seat is yours. No e-mail reaches your address: see your place here.")
        messages.success(request, words)
    else:
        words = _("All seats are taken. You are number %(position)s in line.")
        messages.warning(request, words % {"position": position})


def _take(webinar: Webinar, person: User, form: EntryForm | None, now: datetime) -> Registration:
    if form is None:
        return offering.accept(webinar=webinar, person=person, now=now)
    return entering.accept(
        webinar=webinar, person=person, answers=form.answers(), needs=form.needs(), now=now
    )


def _act(request: HttpRequest, webinar: Webinar, person: User, form: EntryForm | None) -> None:
    """Do what was pressed and say what came of it."""
    now = timezone.now()
    try:
        if "take" in request.POST:
            _say(request, _take(webinar, person, form, now))
        elif "decline" in request.POST:
            offering.decline(webinar=webinar, person=person, now=now)
            messages.success(request, _("Thank you for saying so. The seat goes to somebody else."))
        elif "leave" in request.POST:
            registration.cancel(webinar=webinar, person=person, now=now)
            messages.success(request, _("Your place is canceled. Thank you for making room."))
    except offering.NoOffer:
        messages.error(request, _("The seat is not kept for you any more: the time is over."))
    except registration.RegistrationClosed:
        messages.error(request, _("Nothing was changed: it is too late for that."))
