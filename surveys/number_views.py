"""One number of a survey: each agency that the reader may read by name, beside the others."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from surveys import amounts, comparing, totals
from surveys.filters import NumberForm
from surveys.models import Question, Response, ResponseQuerySet, Wave


@require_safe
def show(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Draw one number of all agencies that fit, as it was given or as a rate, beside a table."""
    readable = Wave.objects.with_findings_for(request.user).select_related("survey")
    wave = get_object_or_404(readable, slug=slug)
    questions = comparing.questions_of(wave.survey)
    question = _number(questions, key)
    named = wave.responses.named_to(request.user).select_related("agency")
    form = _form(request, named, question, questions)
    total = _total(wave, question)
    told = total.middle.told if total and total.middle else {}
    context = {
        "wave": wave,
        "question": question,
        "form": form,
        "total": total,
        "withdrawal": None if total else totals.withdrawal(wave),
        "beside": _beside(question, questions),
        **_drawn(request, question, questions, _shown(request, named, form), form, told),
    }
    return render(request, "surveys/number.html", context)


def _form(
    request: HttpRequest, named: ResponseQuerySet, question: Question, questions: list[Question]
) -> NumberForm:
    rates = amounts.rates(question, questions)
    return NumberForm(request.GET, questions=questions, codes=named.by_state(), rates=rates)


def _number(questions: list[Question], key: str) -> Question:
    for question in questions:
        if question.key == key and amounts.is_number(question):
            return question
    raise Http404


def _beside(question: Question, questions: list[Question]) -> list[Question]:
    """Return the other numbers of the same part."""
    others = [one for one in questions if one.section == question.section and one != question]
    return [one for one in others if amounts.is_number(one)]


def _shown(
    request: HttpRequest, named: ResponseQuerySet, form: NumberForm
) -> tuple[list[Response], list[Response]]:
    """Return the reader's own responses, and those of others that fit."""
    mine = Response.objects.answered_by(request.user).values("pk")
    others = form.narrowed(named.exclude(pk__in=mine), request.user).by_agency()
    return (
        list(named.filter(pk__in=mine).by_agency()[: amounts.MOST]),
        list(others[: amounts.MOST]),
    )


def _total(wave: Wave, question: Question) -> totals.Total | None:
    """Return what was published of the number over all agencies last."""
    release = totals.newest(wave)
    return totals.of(release, [question], "", None)[0] if release else None


def _drawn(
    request: HttpRequest,
    question: Question,
    questions: list[Question],
    shown: tuple[list[Response], list[Response]],
    form: NumberForm,
    told: Mapping[str, float],
) -> dict[str, Any]:
    """Return the drawing and what its table needs beside it."""
    own, others = shown
    rate, responses = form.rate, [*own, *others]
    years = amounts.years(responses, questions, request.user)
    asked = [question, rate.under] if rate else [question]
    known = amounts.given(responses, asked, request.user)
    mine = frozenset(response.pk for response in own)
    found = amounts.amounts(question, responses, known, mine, rate)
    wishes: Any = {"rate": rate, "axis": form.chosen_axis, "with_own_band": True}
    return {
        "rate": rate,
        "drawn": amounts.drawn(question, found, told, **wishes),
        "rows": [(one, years.get(one.response.pk)) for one in found],
        "has_years": len({*years.values()}) > 1,
        "without": len(responses) - len(found),
        "is_cut": len(others) == amounts.MOST,
    }
