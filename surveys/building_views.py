"""The organisers' pages on which a survey is built, looked at and made anew."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import authoring, building, building_forms, default_levels, kinds, outline, reaching
from surveys import versions as survey_versions
from surveys.building_forms import QuestionForm
from surveys.instrument_forms import (
    NewSurveyForm,
    SectionForm,
    SurveyForm,
    VersionForm,
    section_words,
)
from surveys.models import Question, Section, Survey

PAGE = 25
WAYS = {"up": -1, "down": 1}
View = Callable[..., HttpResponse]


def while_draft(view: View) -> View:
    """Say so when the survey has been fielded meanwhile."""

    @wraps(view)
    def guarded(request: MemberRequest, key: str, version: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, key, version, **kwargs)
        except building.Frozen:
            text = _("This survey has been fielded and does not change. Make a new version of it.")
            messages.error(request, text)
            return redirect("surveys:manage-survey", key, version)

    return guarded


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List the surveys, each version of its own."""
    surveys = Survey.objects.visible_to(request.user).with_counts().by_title()
    page = Paginator(surveys, PAGE).get_page(request.GET.get("page"))
    return render(request, "surveys/build/list.html", {"page": page})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """Start a draft."""
    form = _form(request, NewSurveyForm, {}, _unsaved(request))
    if _is_sent(request) and form.is_valid():
        version = form.cleaned_data["version"]
        return redirect(building.begin(version=version, words=form.words()))
    return render(request, "surveys/build/survey_form.html", {"form": form, "survey": None})


@organiser_required
@require_safe
def detail(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Show the survey with all its questions, and what still stands in its way."""
    survey = _survey(request, key, version)
    problems = reaching.problems(survey)
    parts = outline.parts(survey, problems)
    asked = [line.question for part in parts for line in part.lines]
    context = {
        "survey": survey,
        "parts": parts,
        "problems": problems,
        "wider": default_levels.wider(asked),
        "waves": survey.waves.newest_first()[:PAGE],
        "later": survey.later.by_title()[:PAGE],
    }
    return render(request, "surveys/build/detail.html", context)


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@while_draft
def edit(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Change what the survey says apart from its questions."""
    survey = _draft(request, key, version)
    words = {name: getattr(survey, name) for name in building.WORDS}
    form = _form(request, SurveyForm, words | {"seen": survey.revision}, _unsaved(request))
    if _is_sent(request) and form.is_valid():
        try:
            seen = form.cleaned_data["seen"] or 0
            building.reword(survey=survey, words=form.words(), seen=seen)
        except concurrency.ChangedMeanwhile as clash:
            form = _clash(form, clash.there)
        else:
            return _saved(request, survey)
    return render(request, "surveys/build/survey_form.html", {"form": form, "survey": survey})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@while_draft
def add_section(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Add a section at the end."""
    survey = _draft(request, key, version)
    form = SectionForm(request.POST or holding.typed(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            section = building.add_section(
                survey=survey, title=data["title"], description=data["description"]
            )
        except building.TooLarge:
            form.add_error(None, _("A survey has room for 60 sections."))
        else:
            return _saved(request, survey, f"s-{section.key}")
    return render(request, "surveys/build/section_form.html", {"form": form, "survey": survey})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@while_draft
def edit_section(request: MemberRequest, key: str, version: str, section: str) -> HttpResponse:
    """Change what a section says."""
    survey = _draft(request, key, version)
    found = get_object_or_404(survey.sections, key=section)
    form = SectionForm(request.POST or holding.typed(request), initial=section_words(found))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"seen": form.cleaned_data["seen"] or 0}
        try:
            building.change_section(section=found, **data)
        except concurrency.ChangedMeanwhile as clash:
            form = _clash(form, clash.there)
        else:
            return _saved(request, survey, f"s-{found.key}")
    context = {"form": form, "survey": survey, "part": found}
    return render(request, "surveys/build/section_form.html", context)


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@while_draft
def add_question(request: MemberRequest, key: str, version: str, section: str) -> HttpResponse:
    """Ask one thing more, at the end of a section."""
    survey = _draft(request, key, version)
    found = get_object_or_404(survey.sections, key=section)
    if request.method != "POST" and request.GET.get("type") not in Question.Type.values:
        context = {"survey": survey, "part": found, "groups": kinds.GROUPS}
        return render(request, "surveys/build/choose_type.html", context)
    earlier = outline.before(survey, found)
    form = _question_form(request, survey, earlier, {})
    if _is_sent(request) and form.is_valid():
        try:
            made = building.add_question(section=found, given=form.given())
        except building.TooLarge:
            form.add_error(None, _("A survey has room for 500 questions."))
        else:
            return _added(request, made)
    return _question_page(request, survey, form, part=found)


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@while_draft
def edit_question(request: MemberRequest, key: str, version: str, question: str) -> HttpResponse:
    """Change what is asked."""
    survey = _draft(request, key, version)
    found = _question(survey, question)
    earlier = outline.before(survey, found.section, found)
    form = _question_form(request, survey, earlier, building_forms.initial(found))
    if _is_sent(request) and form.is_valid():
        try:
            _change(found, form)
        except concurrency.ChangedMeanwhile as clash:
            form = _clash(form, clash.there)
        except survey_versions.Unsaid:
            text = _("You changed the words: say whether answers can be compared.")
            form.add_error("is_comparable", text)
        else:
            _warn(request, found)
            return _saved(request, survey, f"q-{found.key}")
    return _question_page(request, survey, form, question=found)


@organiser_required
@require_POST
@while_draft
def move(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Move a section or a question one place up or down."""
    survey = _draft(request, key, version)
    by = WAYS.get(request.POST.get("way", ""))
    if by is None:
        raise Http404
    if name := request.POST.get("section"):
        building.move_section(section=get_object_or_404(survey.sections, key=name), by=by)
        return redirect(f"{survey.get_absolute_url()}#s-{name}")
    name = request.POST.get("question", "")
    building.move_question(question=_question(survey, name), by=by)
    return redirect(f"{survey.get_absolute_url()}#q-{name}")


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@while_draft
def remove(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Ask whether a section or question is to go, and take it out."""
    survey = _draft(request, key, version)
    name = request.GET.get("section")
    thing: Section | Question
    if name:
        thing = get_object_or_404(survey.sections, key=name)
    else:
        thing = _question(survey, request.GET.get("question", ""))
    if request.method != "POST":
        return render(request, "surveys/build/remove.html", {"survey": survey, "thing": thing})
    try:
        _remove(thing)
    except building.AskedAbout as refusal:
        context = {"survey": survey, "thing": thing, "naming": refusal.by}
        return render(request, "surveys/build/remove.html", context, status=409)
    messages.success(request, _("“%(thing)s” is taken out.") % {"thing": thing})
    return redirect(survey)


@organiser_required
@require_POST
@while_draft
def align(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Let follow-ups begin at levels as narrow as what they tell."""
    survey = _draft(request, key, version)
    number = default_levels.align(survey=survey)
    text = ngettext(
        "%(n)d question begins narrower now.", "%(n)d questions begin narrower now.", number
    )
    messages.success(request, text % {"n": number})
    return redirect(survey)


@organiser_required
@require_POST
@while_draft
def discard(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Throw a draft away."""
    survey = _draft(request, key, version)
    building.discard(survey=survey)
    messages.success(request, _("The draft “%(survey)s” is gone.") % {"survey": survey})
    return redirect("surveys:manage-surveys")


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def anew(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Make a new version of a survey."""
    survey = _survey(request, key, version)
    form = VersionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = survey_versions.begin(survey=survey, version=form.cleaned_data["version"])
        except authoring.VersionTaken:
            form.add_error("version", _("There is a version of this name. Choose another."))
        except authoring.InstrumentInvalid:
            form.add_error(None, _("Mend the survey's problems before you make a version of it."))
        else:
            text = _("Each question keeps its identity. Say of every changed wording whether")
            messages.success(request, f"{text} {_('answers can be compared.')}")
            return redirect(draft)
    return render(request, "surveys/build/anew.html", {"form": form, "survey": survey})


@organiser_required
@require_safe
def changes(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Show what differs from the version before, and what can be compared."""
    survey = _survey(request, key, version)
    if survey.previous is None:
        raise Http404
    context = {"survey": survey, "changes": survey_versions.changes(survey)}
    return render(request, "surveys/build/changes.html", context)


def _survey(request: MemberRequest, key: str, version: str) -> Survey:
    surveys = Survey.objects.visible_to(request.user).select_related("previous")
    return get_object_or_404(surveys, key=key, version=version)


def _draft(request: MemberRequest, key: str, version: str) -> Survey:
    survey = _survey(request, key, version)
    if survey.frozen_at is not None:
        raise building.Frozen
    return survey


def _question(survey: Survey, key: str) -> Question:
    questions = survey.questions.select_related("section").prefetch_related("choices")
    found = get_object_or_404(questions, key=key.replace("\x00", ""))
    found.survey = found.section.survey = survey
    return found


def _is_sent(request: MemberRequest) -> bool:
    """Whether the form is to be saved, and not only to come back with other rows."""
    return request.method == "POST" and "act" not in request.POST


def _form(
    request: MemberRequest,
    form: Any,
    initial: dict[str, Any],
    unsaved: QueryDict | None,
    **more: Any,
) -> Any:
    """Return the form: as sent, or as it stands, or with what was typed and other rows."""
    if _is_sent(request):
        return form(request.POST, initial=initial, **more)
    if unsaved is None:
        return form(initial=initial, **more)
    shown = {
        name: field.widget.value_from_datadict(unsaved, request.FILES, name)
        for name, field in form(**more).fields.items()
    }
    return form(initial=shown, **more)


def _unsaved(request: MemberRequest) -> QueryDict | None:
    """Return what was typed to have other rows, or before signing in again; asked once."""
    return request.POST if request.method == "POST" else holding.typed(request)


def _question_form(
    request: MemberRequest, survey: Survey, earlier: list[Question], initial: dict[str, Any]
) -> Any:
    unsaved = _unsaved(request)
    asked = unsaved or request.GET
    kind = asked.get("retype") if "act" in asked else None
    kind = kind or asked.get("type") or initial.get("type", "")
    more = {"survey": survey, "kind": kind, "earlier": earlier}
    return _form(request, QuestionForm, initial, unsaved, **more)


def _question_page(request: MemberRequest, survey: Survey, form: Any, **more: Any) -> HttpResponse:
    context = {"form": form, "survey": survey, "types": Question.Type.choices} | more
    context["kind"] = kinds.of(form.kind)
    return render(request, "surveys/build/question_form.html", context)


def _added(request: MemberRequest, made: Question) -> HttpResponse:
    """Go back to where the question stands now, or on to the next."""
    _warn(request, made)
    survey, section = made.survey, made.section
    if "another" not in request.POST:
        return _saved(request, survey, f"q-{made.key}")
    messages.success(request, _("“%(question)s” is saved. Add the next one.") % {"question": made})
    return redirect("surveys:manage-question-add", survey.key, survey.version, section.key)


def _warn(request: MemberRequest, saved: Question) -> None:
    for one in default_levels.wider_beside(saved):
        messages.warning(request, f"“{one.question}”: {one.text}")


def _change(question: Question, form: Any) -> None:
    said = {"yes": True, "no": False}.get(form.cleaned_data.get("is_comparable", ""))
    seen = form.cleaned_data["seen"] or 0
    building.change_question(question=question, given=form.given(), seen=seen, is_comparable=said)


def _remove(thing: Section | Question) -> None:
    if isinstance(thing, Section):
        building.remove_section(section=thing)
    else:
        building.remove_question(question=thing)


def _clash(form: Any, there: Any) -> Any:
    """Return the form with what was typed; saving once more writes over the colleague's words."""
    form.data = form.data.copy()
    form.data["seen"] = there.revision
    form.add_error(None, outline.said(there))
    return form


def _saved(request: MemberRequest, survey: Survey, anchor: str = "") -> HttpResponse:
    messages.success(request, _("Saved."))
    address = reverse("surveys:manage-survey", args=[survey.key, survey.version])
    return redirect(f"{address}#{anchor}" if anchor else address)
