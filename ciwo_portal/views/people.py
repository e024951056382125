"""People and their agencies: profile, my agency, one agency's page, the organisers' page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import confirming, profile
from accounts.http import MemberRequest
from accounts.models import User
from agencies import membership, permissions, states
from agencies.forms import AT_MOST, AdmitForm, AppointForm, DecisionForm, DeclineForm
from agencies.models import Agency, Community, Membership, MembershipQuerySet
from agencies.permissions import organiser_required, second_factor_required
from agencies.profile import population
from ciwo_portal import ending, joining, time_zones
from ciwo_portal.person_forms import PersonForm, ZoneForm
from events.zones import zone_name
from surveys import practices
from webinars.models import Webinar

PEOPLE_PER_PAGE = 50
DECLINED_FOR = timedelta(days=90)
COLLEAGUES = 500  # of one agency on one page
Rule = Callable[[User, Membership], bool]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_profile(request: MemberRequest) -> HttpResponse:
    """Show and change a person's name and time zone, with the ways to sign in."""
    form = PersonForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        profile.rename(person=request.user, name=form.cleaned_data["name"])
        time_zones.choose(person=request.user, time_zone=form.cleaned_data["time_zone"])
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@require_POST
@login_required
def choose_zone(request: MemberRequest) -> HttpResponse:
    """Take the zone that a notice on a page offers, and go on where it was pressed."""
    form = ZoneForm(request.POST)
    if not form.is_valid():
        return redirect("accounts:profile")
    zone = form.cleaned_data["time_zone"]
    time_zones.choose(person=request.user, time_zone=zone)
    said = _("Pages and messages show your times in this zone from now on: %s.")
    messages.success(request, said % zone_name(zone))
    return redirect(_onward(request) or "accounts:profile")


@require_safe
def agency(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is on record of one agency."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    webinars = Webinar.objects.visible_to(request.user).filter(presenters__agency=agency)
    communities = Community.objects.visible_to(request.user).filter(agencies=agency)
    webinars = webinars.prefetch_related("topics").order_by("-held_on", "pk").distinct()
    mine = Agency.objects.with_active_member(request.user).filter(pk=agency.pk)
    may_ask = permissions.can_see_contacts(request.user, agency)
    return render(
        request,
        "agencies/detail.html",
        {
            "agency": agency,
            "place": states.place(agency.jurisdiction, agency.state),
            "population": population(agency),
            "communities": communities.order_by("name", "pk")[:20],
            "places": agency.named_places.select_related("programme").order_by("pk")[:20],
            "webinars": webinars[:20],
            "profile": practices.profile(agency, request.user),
            "contacts": membership.coordinators(agency)[:20] if may_ask else [],
            "is_mine": mine.exists(),
            "can_edit": permissions.can_edit(request.user, agency),
            "sees_notes": permissions.is_organiser(request.user),
        },
    )


@require_safe
@login_required
def join(request: MemberRequest) -> HttpResponse:
    """Show a person's places, what the address offers, and to coordinators their colleagues.

    Whose last request was declined reads why, for a while, or until a place elsewhere is given.
    """
    person = request.user
    address = joining.verified_address(person)
    places = person.memberships.current().select_related("agency").order_by("asked_at", "pk")
    spoken_for = [place for place in places if place.is_coordinating]
    people = Membership.objects.visible_to(person).current().select_related("person")
    return render(
        request,
        "agencies/join.html",
        {
            "places": places,
            "declined": _declined(person, places),
            "offers": membership.agencies_offered(person=person, address=address),
            "address": address,
            "teams": [_team(place.agency, people) for place in spoken_for],
            "onward": _onward(request),
        },
    )


def _declined(person: User, places: MembershipQuerySet) -> list[Membership]:
    """Return the requests declined of late, and since the person came into an agency."""
    active = [place for place in places if place.status == Membership.Status.ACTIVE]
    joined = [place.decided_at for place in active if place.decided_at]
    since = max([timezone.now() - DECLINED_FOR, *joined])
    newest = person.memberships.order_by("agency", "-asked_at", "-pk").distinct("agency")
    declined = [one for one in newest.select_related("agency") if one.reason]
    return [one for one in declined if one.ended_at and one.ended_at > since]


@require_POST
@login_required
def ask(request: MemberRequest, slug: str) -> HttpResponse:
    """Ask for a place in an agency."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    try:
        place = joining.ask(person=request.user, agency=agency, now=timezone.now())
    except membership.NotOffered:
        messages.error(request, _("Your confirmed address is not in this agency's mail domain."))
    else:
        if place.status == place.Status.ACTIVE:
            messages.success(request, _("You are now a member of %s.") % agency.name)
        else:
            messages.success(request, _asked(place))
    onward = _onward(request)
    after = f"?{urlencode({'next': onward})}" if onward else ""
    return redirect(reverse("agencies:join") + after)


def _asked(place: Membership) -> str:
    if joining.coordinators_reached(place.agency):
        return _("We have asked the agency. You will get a message.")
    return _("We have asked the organizers. You will get a message.")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def leave(request: MemberRequest, slug: str) -> HttpResponse:
    """Say what leaving an agency means, then leave it or take a request back."""
    places = request.user.memberships.current().select_related("agency")
    place = get_object_or_404(places, agency__slug=slug)
    if request.method != "POST":
        return confirming.ask(request, ending.leaving(place))
    try:
        joining.end(place=place, by=request.user, now=timezone.now())
    except membership.LastCoordinator:
        text = _(
            "You are the only coordinator who can decide here. Make a colleague one first, who "
            "has a second step set up."
        )
        messages.error(request, text)
    else:
        was_waiting = place.status == place.Status.PENDING
        text = (
            _("You have taken your request to %s back.") if was_waiting else _("You have left %s.")
        )
        messages.success(request, text % place.agency.name)
    return redirect("agencies:join")


@require_POST
@login_required
@second_factor_required
def approve(request: MemberRequest) -> HttpResponse:
    """Let the chosen people in."""
    done = _decide(request, DecisionForm(request.user, request.POST), joining.approve)
    text = ngettext("%d person approved.", "%d people approved.", done)
    return _told(request, done, text)


@require_POST
@login_required
@second_factor_required
def decline(request: MemberRequest) -> HttpResponse:
    """Ask why the chosen requests are turned down, then do it."""
    form = DeclineForm(request.POST if "reason" in request.POST else None)
    if not form.is_valid():
        return _ask_to_decline(request, form)

    def turn_down(**decision: Any) -> Membership:
        return joining.decline(reason=form.cleaned_data["reason"], **decision)

    done = _decide(request, DecisionForm(request.user, request.POST), turn_down)
    text = ngettext("%d request declined.", "%d requests declined.", done)
    return _told(request, done, text)


@require_POST
@login_required
@second_factor_required
@reauthentication_required  # type: ignore[untyped-decorator] # allauth has no types
def appoint(request: MemberRequest) -> HttpResponse:
    """Give a member a role; asks for the password again when the sign-in is old."""
    form = AppointForm(request.user, request.POST)

    def give_role(**decision: Any) -> Membership:
        return joining.appoint(role=form.cleaned_data["role"], **decision)

    done = _decide(request, form, give_role)
    return _told(request, done, _("The role is changed."))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@second_factor_required
def end(request: MemberRequest) -> HttpResponse:
    """Say what it means to take a colleague out of the agency, then do it."""
    if request.method != "POST":
        return _ask_to_end(request)
    form = DecisionForm(request.user, request.POST)
    done = _decide(request, form, joining.end, may=permissions.can_end)
    return _told(request, done, _("The membership has ended."))


@require_safe
@organiser_required
def manage(request: MemberRequest) -> HttpResponse:
    """Show organisers who waits for a decision, and everybody, by name or address."""
    pending = Membership.objects.visible_to(request.user).pending()
    waiting = pending.select_related("person", "agency")
    ours = pending.for_organisers()
    words = request.GET.get("q", "").strip()[:100]
    people = User.objects.visible_to(request.user).order_by("name", "pk")
    if words:
        people = people.filter(Q(name__icontains=words) | Q(email__icontains=words))
    places = Membership.objects.visible_to(request.user).current().select_related("agency")
    people = people.prefetch_related(Prefetch("memberships", places.order_by("pk")))
    return render(
        request,
        "agencies/manage.html",
        {
            "waiting": waiting.filter(pk__in=ours.order_by().values("pk"))[:AT_MOST],
            "waiting_total": ours.count(),
            "with_coordinators": waiting.exclude(pk__in=ours.order_by().values("pk"))[:AT_MOST],
            "page": Paginator(people, PEOPLE_PER_PAGE).get_page(request.GET.get("page")),
            "words": words,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_required
@reauthentication_required  # type: ignore[untyped-decorator] # allauth has no types
def admit(request: MemberRequest) -> HttpResponse:
    """Take a person into an agency whose mail domain does not prove it."""
    slug = request.GET.get("agency", "").replace("\x00", "")
    wanted = Agency.objects.visible_to(request.user).filter(slug=slug).first()
    initial = {"agency": wanted, "role": request.GET.get("role")}
    form = AdmitForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _is_admitted(request, form):
        return redirect(_onward(request) or "agencies:manage-memberships")
    return render(request, "agencies/admit.html", {"form": form})


def _is_admitted(request: MemberRequest, form: AdmitForm) -> bool:
    """Take the person in and say what has changed, or show why not."""
    person, agency, role = (form.cleaned_data[name] for name in ("email", "agency", "role"))
    before = person.memberships.active().filter(agency=agency).first()
    try:
        place = joining.admit(
            person=person, agency=agency, role=role, by=request.user, now=timezone.now()
        )
    except membership.LastCoordinator:
        form.add_error("role", _only_coordinator(person))
        return False
    if before is None:
        text = _("%(person)s is a member now: %(role)s.")
    elif before.role == place.role:
        text = _("Nothing was changed: %(person)s is a member already, with the role %(role)s.")
    else:
        text = _("%(person)s was a member already. The role is changed to %(role)s.")
    messages.success(request, text % {"person": person, "role": place.get_role_display()})
    return True


def _only_coordinator(person: User) -> str:
    """Say why somebody keeps the role, and what to do first."""
    text = _(
        "%s is the only coordinator who can decide here. Make a colleague one first, who has "
        "a second step set up."
    )
    return text % person


def _ask_to_end(request: MemberRequest) -> HttpResponse:
    form = DecisionForm(request.user, request.GET)
    chosen = form.cleaned_data["membership"] if form.is_valid() else []
    if not chosen or not all(permissions.can_end(request.user, place) for place in chosen):
        raise Http404
    back = _onward(request) or reverse("agencies:join")
    hidden = [("next", back), *(("membership", place.pk) for place in chosen)]
    asked = ending.ending(chosen, back, names_others=permissions.is_organiser(request.user))
    return confirming.ask(request, asked, hidden=hidden)


def _ask_to_decline(request: MemberRequest, form: DeclineForm) -> HttpResponse:
    back = _onward(request) or reverse("agencies:join")
    chosen = _chosen(request, DecisionForm(request.user, request.POST))
    if not chosen:
        return redirect(back)
    hidden = [("next", back), *(("membership", place.pk) for place in chosen)]
    return confirming.ask(request, ending.declining(chosen, back), form=form, hidden=hidden)


def _chosen(
    request: MemberRequest, form: DecisionForm, may: Rule = permissions.can_approve
) -> list[Membership]:
    """Return what the reader may decide on of what was chosen, or say that nothing was."""
    chosen: list[Membership] = form.cleaned_data["membership"] if form.is_valid() else []
    if not all(may(request.user, place) for place in chosen):
        raise PermissionDenied
    if not chosen:
        messages.info(request, _("Nothing was changed. Choose somebody first."))
    return chosen


def _decide(
    request: MemberRequest,
    form: DecisionForm,
    act: Callable[..., Membership],
    may: Rule = permissions.can_approve,
) -> int:
    """Do this with every chosen membership that still allows it, and count them."""
    done = 0
    for place in _chosen(request, form, may):
        try:
            act(place=place, by=request.user, now=timezone.now())
        except membership.LastCoordinator:
            messages.error(request, _only_coordinator(place.person))
        except membership.NotWaiting:
            messages.info(request, _("%s was decided on already.") % place.person)
        else:
            done += 1
    return done


def _told(request: MemberRequest, done: int, text: str) -> HttpResponse:
    if done:
        messages.success(request, text % done if "%d" in text else text)
    return redirect(_onward(request) or "agencies:join")


def _onward(request: HttpRequest) -> str:
    """Return the page of ours to go on to, or "" for any other address."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else ""  # no name of a view


def _team(agency: Agency, people: MembershipQuerySet) -> dict[str, Any]:
    """Return an agency's people as its coordinator sees them."""
    current = list(people.filter(agency=agency).order_by("person__name", "pk")[:COLLEAGUES])
    pending = [place for place in current if place.status == Membership.Status.PENDING]
    active = [place for place in current if place.status == Membership.Status.ACTIVE]
    return {"agency": agency, "pending": pending, "active": active}
