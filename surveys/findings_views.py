"""What the agencies answered, for each reader as far as the agencies let it be read."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import membership
from agencies.permissions import can_see_contacts
from surveys import amounts, cells, comparing, counting, giving, matching, totals, wording
from surveys.comparing import Column
from surveys.filters import FindingsForm
from surveys.models import Question, Response, ResponseQuerySet, Wave

AGENCIES = 8  # in one table, the reader's own not counted
OWN = 3
WAVES = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the surveys of which the reader may see answers, newest first, invented ones last."""
    waves = Wave.objects.with_findings_for(request.user)
    waves = waves.order_by("is_demo", "-closes_at", "-pk")[:WAVES]
    context = {"waves": waves, "now": timezone.now()}
    return render(request, "surveys/findings_list.html", context)


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Compare one part of a survey: the practices, agency by agency, the own agency first."""
    wave = _wave(request, slug)
    questions = comparing.questions_of(wave.survey)
    own = _own(request, wave)
    others = _others(request, wave, own)
    states = others.by_state()
    codes = {*states, *(response.agency.state for response in own)}
    form = FindingsForm(request.GET, questions=questions, codes=codes)
    others = form.narrowed(others, request.user)
    page = _page(request, others, None if form.narrows else sum(states.values()))
    shown = [*own, *page.object_list]
    columns = comparing.with_years(comparing.columns(shown, questions, request.user), questions)
    context = {
        "wave": wave,
        "form": form,
        "section": form.chosen,
        "page": page,
        "columns": columns,
        "owed": _owed(request, wave, form.chosen, columns),
        **_figures(request, wave, _in_section(form.chosen, questions), columns, others),
        "rows": form.kept(_rows(form.chosen, questions, columns)),
        "earlier": matching.earlier(wave, Wave.objects.with_findings_for(request.user)),
    }
    return render(request, "surveys/findings.html", context)


@require_safe
def agency(request: HttpRequest, slug: str, agency: str) -> HttpResponse:
    """Show all that the reader may read of one agency's answers, and whom to ask about them."""
    wave = _wave(request, slug)
    named = wave.responses.named_to(request.user).select_related("agency")
    response = get_object_or_404(named, agency__slug=agency)
    questions = comparing.questions_of(wave.survey)
    [column] = comparing.columns([response], questions, request.user)
    may_ask = can_see_contacts(request.user, response.agency)
    context = {
        "wave": wave,
        "response": response,
        "column": column,
        "owed": column.held and giving.owed(wave, request.user, None, timezone.now()),
        "parts": cells.by_section(questions, column),
        "answered_on": wording.day(wave, response.submitted_at) if response.submitted_at else "",
        "contacts": membership.coordinators(response.agency)[:20] if may_ask else [],
    }
    return render(request, "surveys/findings_agency.html", context)


def _wave(request: HttpRequest, slug: str) -> Wave:
    waves = Wave.objects.with_findings_for(request.user).select_related("survey__previous")
    return get_object_or_404(waves, slug=slug)


def _others(request: HttpRequest, wave: Wave, own: list[Response]) -> ResponseQuerySet:
    shared = wave.responses.shared_with(request.user).select_related("agency")
    return shared.exclude(pk__in=[response.pk for response in own])


def _page(request: HttpRequest, others: ResponseQuerySet, number: int | None) -> Page[Response]:
    """Return a page of the other agencies; `number`, if it is known, is not counted again."""
    pages = Paginator(others.by_agency(), AGENCIES)
    if number is not None:
        pages.count = number
    return pages.get_page(request.GET.get("page"))


def _own(request: HttpRequest, wave: Wave) -> list[Response]:
    mine = wave.responses.answered_by(request.user).submitted()
    return list(mine.select_related("agency").by_agency()[:OWN])


def _owed(
    request: HttpRequest, wave: Wave, section: Any, columns: list[Column]
) -> giving.Owed | None:
    """Return what the reader's agency must give first; another agency's column knows if nothing."""
    others = [column for column in columns if not column.is_own]
    if others and section.pk not in others[0].held:
        return None
    return giving.owed(wave, request.user, section, timezone.now())


def _in_section(section: Any, questions: list[Question]) -> list[Question]:
    return [question for question in questions if question.section == section]


def _rows(section: Any, questions: list[Question], columns: list[Column]) -> list[comparing.Row]:
    by_key = {question.key: question for question in questions}
    return comparing.rows(comparing.lines(_in_section(section, questions)), columns, by_key)


def _totals(
    request: HttpRequest, wave: Wave, asked: list[Question], columns: list[Column]
) -> dict[str, Any]:
    """Return what was published of these questions last; one group of agencies at a time."""
    release = totals.newest(wave)
    groups = totals.groups()
    group = request.GET.get("group", "")
    group = group if group in dict(groups) else ""
    own = next((column for column in columns if column.is_own), None)
    found = totals.of(release, asked, group, own) if release else []
    return {
        "release": release,
        "groups": groups,
        "group": group,
        "totals": found,
        "is_withdrawn_from": release is not None and totals.is_withdrawn_from(release),
        "withdrawal": None if release else totals.withdrawal(wave),
    }


def _figures(
    request: HttpRequest,
    wave: Wave,
    asked: list[Question],
    columns: list[Column],
    others: ResponseQuerySet,
) -> dict[str, Any]:
    """Return the totals, each of a number with who says what by name over the middle half."""
    found = _totals(request, wave, asked, columns)
    numbers = [question for question in asked if amounts.is_number(question)]
    own = [column.response for column in columns if column.is_own]
    rest = others.by_agency()[: amounts.MOST] if numbers else []
    group = found["group"]
    shown = [*own, *(one for one in rest if group in counting.groups_of(one.agency))]
    known = amounts.given(shown, numbers, request.user)
    mine = frozenset(response.pk for response in own)
    told = {total.question.pk: total.middle.told for total in found["totals"] if total.middle}
    drawings = {
        one.pk: amounts.drawn(one, amounts.amounts(one, shown, known, mine), told.get(one.pk, {}))
        for one in numbers
    }
    totals = [(total, drawings.get(total.question.pk)) for total in found["totals"]]
    alone = [] if found["release"] else [(one, drawings[one.pk]) for one in numbers]
    return found | {"totals": totals, "numbers": alone, "drawings": drawings}
