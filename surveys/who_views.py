"""Who does this: a finder over the answers that the reader may read."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from surveys import comparing
from surveys.criteria import WhoForm
from surveys.models import Response, Wave

AGENCIES = 20  # on one page


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Find the agencies that fit several answers, with those answers, beside one's own agency."""
    readable = Wave.objects.with_findings_for(request.user).select_related("survey")
    wave = get_object_or_404(readable, slug=slug)
    questions = comparing.questions_of(wave.survey)
    named = wave.responses.named_to(request.user).select_related("agency")
    form = WhoForm(request.GET, questions=questions, codes=named.by_state())
    own = named.filter(pk__in=Response.objects.answered_by(request.user)).by_agency()[:1]
    found = form.fitting(named, request.user).by_agency()
    page = Paginator(found, AGENCIES).get_page(request.GET.get("page"))
    columns = comparing.columns([*own, *page.object_list], questions, request.user)
    by_key = {question.key: question for question in questions}
    rows = comparing.rows([one.line for one in form.criteria], columns, by_key)
    context = {
        "wave": wave,
        "form": form,
        "page": page,
        "rows": rows,
        "agencies": comparing.by_column(rows, columns)[len(own) :],
    }
    return render(request, "surveys/who.html", context)
