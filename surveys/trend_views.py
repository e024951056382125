"""What changed from wave to wave, for each reader as far as he may know."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from surveys import comparing, counting, matching, panels, totals, trends
from surveys.filters import TrendForm
from surveys.models import Question, Release, Wave
from surveys.trends import Sources

AGENCIES = 8  # in one table
GONE = 50  # questions that are asked no more


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one part of a survey beside the same part of an earlier wave."""
    wave, waves = _waves(request, slug)
    questions = comparing.questions_of(wave.survey)
    sections = dict.fromkeys(question.section for question in questions)
    form = TrendForm(request.GET, sections=sections, waves=waves)
    asked = [question for question in questions if question.section == form.chosen]
    page = Paginator(panels.agencies(form.then, wave, request.user), AGENCIES).get_page(
        request.GET.get("page")
    )
    context = {
        "wave": wave,
        "then": form.then,
        "form": form,
        "section": form.chosen,
        "page": page,
        **_figures(request, wave, form.then, asked),
        "rows": _rows(request, wave, form.then, questions, form.chosen, page),
    }
    return render(request, "surveys/trends.html", context)


def _waves(request: HttpRequest, slug: str) -> tuple[Wave, list[Wave]]:
    """Return the wave and those before it of which the reader may see something."""
    readable = Wave.objects.with_findings_for(request.user).select_related("survey__previous")
    wave = get_object_or_404(readable, slug=slug)
    if waves := matching.earlier(wave, among=readable):
        return wave, waves
    raise Http404


def _rows(
    request: HttpRequest, wave: Wave, then: Wave, questions: list[Question], section: Any, page: Any
) -> list[tuple[comparing.Line, list[panels.Pair]]]:
    """Return what the agencies of the page said then and say now."""
    agencies = list(page.object_list)
    is_same = then.survey_id == wave.survey_id
    earlier = questions if is_same else comparing.questions_of(then.survey)
    return panels.table(
        comparing.lines(question for question in questions if question.section == section),
        agencies,
        panels.side(then, earlier, agencies, request.user),
        panels.side(wave, questions, agencies, request.user),
    )


def _figures(request: HttpRequest, wave: Wave, then: Wave, asked: list[Question]) -> dict[str, Any]:
    """Return the trends of these questions, and from which releases they are."""
    was, release = totals.newest(then), totals.newest(wave)
    matched = release if release and release.earlier_id == then.pk else None
    named, number = panels.named(then, wave, asked, request.user)
    sources = _sources(was, release, matched) | {"named": named}
    broken = trends.breaks(wave, then)
    of = {
        "then": was.handed_in.get("") if was else None,
        "now": release.handed_in.get("") if release else None,
        "panel": matched.handed_in.get(counting.PANEL) if matched else None,
    }
    return {
        "was": was,
        "release": release,
        "matched": matched,
        "named_in_both": number,
        "withdrawals": [] if was and release else totals.withdrawals(then, wave),
        "trends": trends.of(asked, broken, sources, trends.withdrawals(was, release)),
        "breaks": broken,
        "gone": _gone(then, wave),
        "of": of,
        "why_hidden": trends.why_hidden(of["then"], of["now"], of["panel"]),
    }


def _gone(then: Wave, wave: Wave) -> QuerySet[Question]:
    """Return the questions that are asked no more."""
    gone = then.survey.questions.exclude(key__in=wave.survey.questions.values("key"))
    return gone.order_by("section__position", "position")[:GONE]


def _sources(
    was: Release | None, release: Release | None, matched: Release | None
) -> dict[str, Sources]:
    """Return what was published: over all agencies, and over those in both waves."""
    return {
        "everybody": Sources(trends.published(was, ""), trends.published(release, "")),
        "panel": Sources(
            trends.published(matched, counting.PANEL_BEFORE),
            trends.published(matched, counting.PANEL),
        ),
    }
