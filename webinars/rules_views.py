"""The organisers' pages about registering: the rules, tried on people, and who is approved."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from webinars import admitting, audience, deciding, questions, registration, trying
from webinars.models import RULES, Registration, Series, Webinar
from webinars.rules_forms import AT_MOST, DecisionForm, RulesForm, TryForm


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def rules(request: MemberRequest, slug: str) -> HttpResponse:
    """Set who may register, and try it on people before publishing."""
    seen = Webinar.objects.visible_to(request.user).select_related("community")
    webinar = get_object_or_404(seen, slug=slug)
    form = RulesForm(request.POST or holding.typed(request), initial=_initial(webinar))
    if request.method == "POST" and form.is_valid():
        try:
            admitting.rule(webinar=webinar, ruling=form.ruling(), now=timezone.now())
        except admitting.NeedsCommunity:
            form.add_error("audience", _("Name the community first, where the webinar's time is."))
        else:
            messages.success(request, _("Saved. Below you see what it means for whom."))
            return redirect("webinars:manage-rules", slug)
    asked = TryForm(request.GET if "address" in request.GET else None)
    context = {
        "webinar": webinar,
        "form": form,
        "verdicts": trying.verdicts(webinar),
        "asked": asked,
        "answer": _answer(webinar, asked) if asked.is_valid() else None,
    }
    return render(request, "webinars/manage_rules.html", context)


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def series_rules(request: MemberRequest, slug: str) -> HttpResponse:
    """Set the rules that a new webinar of the series starts with."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=slug)
    form = RulesForm(request.POST or holding.typed(request), initial=_initial(series))
    if request.method == "POST" and form.is_valid():
        try:
            admitting.rule_series(series=series, ruling=form.ruling())
        except admitting.NeedsCommunity:
            form.add_error("audience", _("Name the community of the series first."))
        else:
            messages.success(request, _("Saved: new webinars of the series start with it."))
            return redirect("webinars:manage-series", slug)
    return render(request, "webinars/series_rules.html", {"series": series, "form": form})


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def approvals(request: MemberRequest, slug: str) -> HttpResponse:
    """Show who waits, oldest first, then who was declined, and decide on several at once."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    undecided = webinar.registrations.by_name().undecided_or_declined()
    waiting = questions.with_answers(undecided).order_by("-state", "joined_at", "pk")[:AT_MOST]
    form = DecisionForm(request.POST or None, places=[place.pk for place in waiting])
    if request.method == "POST" and form.is_valid():
        _decide(request, webinar, form)
        return redirect("webinars:manage-approvals", slug)
    context = {
        "webinar": webinar,
        "places": waiting,
        "form": form,
        "chosen": request.POST.getlist("place"),
    }
    return render(request, "webinars/manage_approvals.html", context)


def _decide(request: MemberRequest, webinar: Webinar, form: DecisionForm) -> None:
    """Approve or decline those who are chosen, and say how many."""
    said, by, now = form.cleaned_data, request.user, timezone.now()
    places: list[Registration] = []
    try:
        if "decline" in request.POST:
            places = deciding.decline(
                webinar=webinar, places=said["place"], reason=said["reason"], by=by, now=now
            )
            text = ngettext("%d registration declined.", "%d registrations declined.", len(places))
        else:
            places = deciding.approve(webinar=webinar, places=said["place"], by=by, now=now)
            text = ngettext("%d registration approved.", "%d registrations approved.", len(places))
    except registration.RegistrationClosed:
        messages.error(request, _("The webinar has begun or was canceled: nobody was approved."))
    else:
        messages.success(request, text % len(places))


def _initial(owner: Webinar | Series) -> dict[str, object]:
    return {name: getattr(owner, name) for name in RULES}


def _answer(webinar: Webinar, asked: TryForm) -> trying.Verdict | None:
    """Return the verdict on the account with this address, or None without one."""
    person = asked.person()
    if person is None:
        return None
    return trying.verdict(webinar, person.name or person.email, audience.profile(person))
