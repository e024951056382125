"""The organisers' pages about questions and access: what is asked, and what is to be arranged."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from notifications import suppressing
from notifications.models import Category
from webinars import arranging
from webinars import questions as asking
from webinars.entry_forms import ArrangeForm, QuestionFormSet, initial_of, wanted
from webinars.models import AccessNeed, Series, Webinar

PAGE = 50


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def questions(request: MemberRequest, slug: str) -> HttpResponse:
    """Write what people are asked when they register for a webinar."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    return _write(request, webinar, "webinars:manage-detail")


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def series_questions(request: MemberRequest, slug: str) -> HttpResponse:
    """Write what new webinars of a series ask."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=slug)
    return _write(request, series, "webinars:manage-series")


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def access(request: MemberRequest, slug: str) -> HttpResponse:
    """List what people need to take part, and write down what is arranged."""
    seen = Webinar.objects.visible_to(request.user).select_related("access_contact")
    webinar = get_object_or_404(seen, slug=slug)
    needs = AccessNeed.objects.filter(registration__webinar=webinar)
    form = ArrangeForm(request.POST or None)
    if request.method == "POST":
        need = get_object_or_404(needs.select_related("registration__webinar"), pk=form.key())
        if form.is_valid():
            _arrange(request, need, form)
            return redirect(request.get_full_path())
    rows = needs.standing().select_related("registration__person", "arranged_by")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"webinar": webinar, "page": page, "form": form}
    return render(request, "webinars/manage_access.html", context)


def _arrange(request: MemberRequest, need: AccessNeed, form: ArrangeForm) -> None:
    """Write down what was pressed, and say who hears of it."""
    arranging.arrange(
        need=need,
        by=request.user,
        now=timezone.now(),
        is_arranged="arranged" in request.POST,
        how=form.cleaned_data["how"],
    )
    person = need.registration.person
    words = _("Saved. %(name)s is told by e-mail in five minutes, all at once.")
    if suppressing.why(person.email, Category.CHANGES):
        words = _("Saved. No e-mail reaches %(name)s: tell them another way.")
    messages.success(request, words % {"name": person})


def _write(request: MemberRequest, owner: Webinar | Series, back: str) -> HttpResponse:
    rows = QuestionFormSet(
        request.POST or holding.typed(request), initial=initial_of(owner), prefix="question"
    )
    if request.method == "POST" and rows.is_valid():
        try:
            asking.ask(owner=owner, wanted=wanted(rows))
        except asking.IsAnswered:
            text = _("People have answered a question that you removed. Uncheck “Asked” instead.")
            messages.error(request, text)
        else:
            messages.success(request, _("The questions are saved."))
            return redirect(back, owner.slug)
    context = {"owner": owner, "rows": rows, "back": back}
    return render(request, "webinars/manage_questions.html", context)
