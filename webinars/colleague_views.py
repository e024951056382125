"""The page on which a coordinator registers colleagues and sees what they answered."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import MemberRequest
from accounts.models import User
from agencies.models import Agency, Membership
from agencies.permissions import second_factor_required
from webinars import offering, registration
from webinars.models import Offer, Registration, Webinar
from webinars.place_forms import ColleaguesForm

MEMBERS = 500  # of one agency on the page


@dataclass(frozen=True)
class Row:
    """A colleague, their place in the webinar, and what they were last asked and answered."""

    person: User
    place: Registration | None
    offer: Offer | None

    @property
    def can_be_asked(self) -> bool:
        """Whether they have no place and no question waits for their answer."""
        is_asked = self.offer is not None and self.offer.state == Offer.State.OPEN
        return self.place is None and not is_asked


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@second_factor_required
def colleagues(request: MemberRequest, slug: str) -> HttpResponse:
    """Let a coordinator choose colleagues, press once, and see the answers."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    spoken_for = Membership.objects.coordinated_by(request.user)
    agencies = Agency.objects.filter(pk__in=spoken_for.values("agency")).order_by("name", "pk")
    if not agencies:
        raise PermissionDenied
    if request.method == "POST":
        agency = get_object_or_404(agencies, slug=request.POST.get("agency", ""))
        _act(request, webinar, agency)
        return redirect("webinars:colleagues", slug)
    now = timezone.now()
    context = {
        "webinar": webinar,
        "teams": [_team(webinar, agency, request.user) for agency in agencies],
        "is_open": webinar.is_open(now),
        "zone": request.user.time_zone,
    }
    return render(request, "webinars/colleagues.html", context)


def _act(request: MemberRequest, webinar: Webinar, agency: Agency) -> None:
    """Ask those who are chosen, or take a question back; say what came of it."""
    now = timezone.now()
    if "take_back" in request.POST:
        offers = webinar.offers.filter(agency=agency, kind=Offer.Kind.COLLEAGUE)
        key = request.POST["take_back"]
        offer = get_object_or_404(offers, pk=int(key) if key.isdecimal() and len(key) < 18 else 0)
        offering.call_off(offer=offer, now=now)
        messages.success(request, _("%s is asked no longer.") % offer.person)
        return
    form = ColleaguesForm(request.POST, people=offering.colleagues(webinar, agency))
    if not form.is_valid():
        messages.error(request, _("Choose at least one colleague who has no place yet."))
        return
    people = form.cleaned_data["people"]
    try:
        offers_made = offering.ask_colleagues(
            webinar=webinar, agency=agency, people=people, by=request.user, now=now
        )
    except registration.RegistrationClosed:
        messages.error(request, _("Registration has closed. Nobody was asked."))
    else:
        _say(request, offers_made)


def _say(request: MemberRequest, offers: list[Offer]) -> None:
    text = ngettext(
        "%(number)s colleague is asked by e-mail to confirm.",
        "%(number)s colleagues are asked by e-mail to confirm.",
        len(offers),
    )
    messages.success(request, text % {"number": len(offers)})
    without = sum(not offer.holds_seat for offer in offers)
    if without:
        text = ngettext(
            "No seat is free for %(number)s of them: who confirms waits in line.",
            "No seats are free for %(number)s of them: who confirms waits in line.",
            without,
        )
        messages.warning(request, text % {"number": without})


def _team(webinar: Webinar, agency: Agency, but: User) -> tuple[Agency, list[Row], bool]:
    """Return the active members, but for one, by name, and whether one can be asked."""
    members = agency.memberships.active().filter(person__is_active=True).exclude(person=but)
    members = members.select_related("person")
    people = [one.person for one in members.order_by("person__name", "pk")[:MEMBERS]]
    current = webinar.registrations.current().filter(person__in=people)
    places = {place.person_id: place for place in current}
    asked = webinar.offers.filter(agency=agency, kind=Offer.Kind.COLLEAGUE, person__in=people)
    offers = {offer.person_id: offer for offer in asked.order_by("made_at", "pk")}
    rows = [Row(one, places.get(one.pk), offers.get(one.pk)) for one in people]
    return agency, rows, any(row.can_be_asked for row in rows)
