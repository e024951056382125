"""The organisers' page that puts the sections of a survey under topics."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import concurrency
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import filing
from surveys.instrument_forms import TopicsForm
from surveys.models import Survey


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def topics(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Choose the topics of each section, before and after fielding."""
    surveys = Survey.objects.visible_to(request.user)
    survey = get_object_or_404(surveys, key=key, version=version)
    sections = survey.sections.prefetch_related("topics").order_by("position", "pk")
    form = TopicsForm(request.POST if request.method == "POST" else None, sections=sections)
    if form.is_valid():
        filing.refile(survey=survey, topics=form.cleaned_data)
        messages.success(request, _("Saved. The topics' pages show it."))
        return redirect(survey)
    return render(request, "surveys/build/topics.html", {"survey": survey, "form": form})
