"""Build a draft: its words, sections and questions; what has been fielded stays as it is.

A question is given as in a ciwo-instrument/1 document. Whoever saves names the revision that was
seen, so that nobody overwrites a colleague without knowing.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from accounts import concurrency
from surveys import authoring, reaching, versions, writing
from surveys.models import Question, Section, Survey

Object = dict[str, Any]
WORDS = ("title", "introduction", "public_records_note", "definitions", "not_reported")
USUAL_REASONS = (
    {"value": "not_tracked", "label": "We do not track this"},
    {"value": "not_applicable", "label": "Does not apply to us"},
)
MOST_SECTIONS, MOST_QUESTIONS = 60, 500
_LONGEST_KEY = 40


class Frozen(Exception):
    """The survey has been fielded: only a new version of it changes."""


class AskedAbout(Exception):
    """Conditions of other questions ask about what was to go; `by` are those questions."""

    def __init__(self, by: Sequence[Question]) -> None:
        super().__init__()
        self.by = by


class TooLarge(Exception):
    """No survey may have more sections or questions than this."""


@transaction.atomic
def begin(*, version: str, words: Object) -> Survey:
    """Start a draft of a new survey; its key is made of the title."""
    taken = set(Survey.objects.values_list("key", flat=True))
    return Survey.objects.create(key=free_key(words["title"], taken, "-"), version=version, **words)


@transaction.atomic
def reword(*, survey: Survey, words: Object, seen: int) -> Survey:
    """Change what the survey says apart from its questions. Raises Frozen or ChangedMeanwhile."""
    survey = hold(survey)
    if survey.revision != seen and any(getattr(survey, n) != words[n] for n in WORDS):
        raise concurrency.ChangedMeanwhile(survey)
    before = {d["id"]: d for d in survey.definitions}
    for name in WORDS:
        setattr(survey, name, words[name])
    survey.revision += 1
    survey.save()
    changed = [d["id"] for d in survey.definitions if before.get(d["id"], d) != d]
    versions.doubt(survey, terms=changed)
    return survey


@transaction.atomic
def add_section(*, survey: Survey, title: str, description: str) -> Section:
    """Add a section at the end. Raises Frozen or TooLarge."""
    survey = hold(survey)
    keys = set(survey.sections.values_list("key", flat=True))
    if len(keys) >= MOST_SECTIONS:
        raise TooLarge
    return Section.objects.create(
        survey=survey,
        key=free_key(title, keys),
        title=title,
        description=description,
        position=_last(survey.sections) + 1,
    )


@transaction.atomic
def change_section(*, section: Section, title: str, description: str, seen: int) -> None:
    """Change what a section says. Raises Frozen or ChangedMeanwhile."""
    hold(section.survey)
    section.refresh_from_db()
    if section.revision != seen and (section.title, section.description) != (title, description):
        raise concurrency.ChangedMeanwhile(section)
    section.title, section.description = title, description
    section.revision += 1
    section.save(update_fields=["title", "description", "revision"])


@transaction.atomic
def add_question(*, section: Section, given: Object) -> Question:
    """Ask one thing more, at the end of the section; a missing id is made of the label.

    Raises Frozen or TooLarge.
    """
    survey = hold(section.survey)
    keys = set(survey.questions.values_list("key", flat=True))
    if len(keys) >= MOST_QUESTIONS:
        raise TooLarge
    if survey.previous is not None:  # another question is not the one that was taken out
        keys |= set(survey.previous.questions.values_list("key", flat=True))
    section.survey = survey
    asked = authoring.question(
        section,
        _last(section.questions) + 1,
        {"id": free_key(given["label"], keys)} | given,
    )
    asked.save()
    authoring.put_choices(asked, given)
    return asked


@transaction.atomic
def change_question(
    *, question: Question, given: Object, seen: int, is_comparable: bool | None = None
) -> Question:
    """Change what is asked; `is_comparable` is what the organiser says of a changed wording.

    Raises Frozen or ChangedMeanwhile, or versions.Unsaid when that has to be said.
    """
    survey = hold(question.survey)
    old = Question.objects.select_related("section").get(pk=question.pk)
    old.survey = survey
    if old.revision != seen:
        raise concurrency.ChangedMeanwhile(old)
    new = authoring.question(old.section, old.position, _kept(old, given) | {"id": old.key})
    new.pk, new.revision, new.is_comparable = old.pk, old.revision + 1, old.is_comparable
    new.save()
    new.choices.all().delete()
    authoring.put_choices(new, given)
    versions.settle(new, is_comparable)
    return new


@transaction.atomic
def remove_question(*, question: Question) -> None:
    """Ask it no more. Raises Frozen, or AskedAbout while conditions name it."""
    survey = hold(question.survey)
    _release(survey, {question.key})
    section = question.section
    question.delete()
    _renumber(list(section.questions.order_by("position", "pk")))


@transaction.atomic
def remove_section(*, section: Section) -> None:
    """Take a section out with its questions. Raises Frozen or AskedAbout."""
    survey = hold(section.survey)
    _release(survey, set(section.questions.values_list("key", flat=True)))
    section.delete()
    _renumber(list(survey.sections.order_by("position", "pk")))


@transaction.atomic
def move_section(*, section: Section, by: int) -> None:
    """Move a section up (-1) or down (1); at the ends it stays. Raises Frozen."""
    survey = hold(section.survey)
    _renumber(_moved(list(survey.sections.order_by("position", "pk")), section, by))


@transaction.atomic
def move_question(*, question: Question, by: int) -> None:
    """Move a question up (-1) or down (1), past the end of a section into the next one.

    Raises Frozen.
    """
    survey = hold(question.survey)
    question.refresh_from_db()
    here = list(question.section.questions.order_by("position", "pk"))
    moved = _moved(here, question, by)
    if moved != here:
        _renumber(moved)
        return
    sections = list(survey.sections.order_by("position", "pk"))
    at = sections.index(question.section) + by
    if 0 <= at < len(sections):
        there = list(sections[at].questions.order_by("position", "pk"))
        Question.objects.filter(pk=question.pk).update(section=sections[at])
        _renumber([q for q in here if q != question])
        _renumber([*there, question] if by < 0 else [question, *there])


@transaction.atomic
def discard(*, survey: Survey) -> None:
    """Throw a draft away. Raises Frozen."""
    hold(survey).delete()


def hold(survey: Survey) -> Survey:
    """Lock the survey's row: whoever builds or fields it holds it. Raises Frozen."""
    held = Survey.objects.select_for_update(of=("self",), no_key=True).get(pk=survey.pk)
    if held.frozen_at is not None:
        raise Frozen
    return held


def free_key(label: str, taken: set[str], joint: str = "_") -> str:
    """Return a key made of a label that none of `taken` has."""
    words = slugify(label)[:_LONGEST_KEY].strip("-_").replace("-", joint)
    if not words or words[0].isdigit():
        words = f"q{joint}{words}".rstrip("-_")
    key, number = words, 1
    while key in taken:
        number += 1
        key = f"{words}{joint}{number}"
    return key


def _kept(old: Question, given: Object) -> Object:
    """Return the question as given with what no form asks about, while its type stays."""
    if given["type"] != old.type:
        return given
    kept = {"compare": old.compare} if old.compare else {}
    if given["type"] == Question.Type.CURRENCY:
        kept["unit"] = old.unit
    if writing.question(old).get("options") == given.get("options"):
        kept["list"] = old.choice_list
    return given | kept


def _release(survey: Survey, keys: set[str]) -> None:
    naming = [
        question
        for question in survey.questions.exclude(show_if=None).exclude(key__in=keys)
        if keys & {condition["question"] for condition in reaching.asked_by(question)}
    ]
    if naming:
        raise AskedAbout(naming)


def _last(things: Any) -> int:
    last: int | None = things.aggregate(last=Max("position"))["last"]
    return last or 0


def _moved(things: list[Any], thing: Any, by: int) -> list[Any]:
    at = things.index(thing)
    to = at + by
    if not 0 <= to < len(things):
        return things
    order = list(things)
    order[at], order[to] = order[to], order[at]
    return order


def _renumber(things: Sequence[Any]) -> None:
    for position, thing in enumerate(things, start=1):
        if thing.position != position:
            type(thing).objects.filter(pk=thing.pk).update(position=position)
