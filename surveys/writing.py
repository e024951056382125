"""Write a stored instrument as a ciwo-instrument/1 document: what authoring.load() reads back."""

from collections import defaultdict
from typing import Any

from surveys import documents
from surveys.entries import options, rows
from surveys.models import Choice, Question, Section, SharingLevel, Survey

SHARING = {level: name for name, level in documents.SHARING.items()}
REASONS = "not_reported"  # the list of reasons for giving no number

Object = dict[str, Any]


def document(survey: Survey) -> Object:
    """Return the whole instrument; a draft may hold sections without questions."""
    by_section = defaultdict(list)
    questions = survey.questions.prefetch_related("choices").order_by("position", "pk")
    for one in questions:
        by_section[one.section_id].append(one)
    lists = _lists(list(questions))
    written: Object = {
        "schema": documents.SCHEMA,
        "id": survey.key,
        "version": survey.version,
        "title": survey.title,
        "introduction": survey.introduction,
        "public_records_note": survey.public_records_note,
        "definitions": [
            {"id": d["id"], "term": d["term"], "text": d["definition"]} for d in survey.definitions
        ],
        "lists": lists,
        "sections": [
            {"id": section.key, "title": section.title}
            | ({"description": section.description} if section.description else {})
            | ({"topics": topics} if (topics := _topics(section)) else {})
            | {"questions": [question(one, lists) for one in by_section[section.pk]]}
            for section in survey.sections.prefetch_related("topics").order_by("position", "pk")
        ],
    }
    if survey.not_reported:
        lists[REASONS] = [{"value": c["value"], "label": c["label"]} for c in survey.not_reported]
        written["not_reported"] = {"list": REASONS}
    said = {name: value for name, value in written.items() if value not in ("", [], {})}
    return {"sections": []} | said


def question(asked: Question, lists: Object | None = None) -> Object:
    """Return one question; its choices are its own unless `lists` has them under their name."""
    written: Object = {
        "id": asked.key,
        "type": asked.type,
        "label": asked.label,
        "help": asked.help,
        "required": asked.is_required,
        "unit": asked.unit,
        "allow_not_reported": asked.allows_not_reported,
        "show_if": asked.show_if,
        "terms": asked.terms,
        "compare": asked.compare,
        "better": asked.better,
        "rows": _pairs(rows(asked)),
        "exclusive": [choice.value for choice in options(asked) if choice.is_exclusive],
        **asked.limits,
    }
    own = _pairs(options(asked))
    if lists and asked.choice_list and lists.get(asked.choice_list) == own:
        written["list"] = asked.choice_list
    else:
        written["options"] = own
    written["sensitivity"] = SHARING[SharingLevel(asked.default_sharing)]
    return {n: v for n, v in written.items() if v not in ("", [], False, None) or n in asked.limits}


def _topics(section: Section) -> list[str]:
    ordered = sorted(section.topics.all(), key=lambda topic: (topic.position, topic.slug))
    return [topic.slug for topic in ordered]


def _lists(questions: list[Question]) -> Object:
    """Return the shared lists, by name, as the first question that names one has it."""
    lists: Object = {}
    for asked in questions:
        if asked.choice_list and asked.choice_list != REASONS:
            lists.setdefault(asked.choice_list, _pairs(options(asked)))
    return lists


def _pairs(choices: list[Choice]) -> list[Object]:
    ordered = sorted(choices, key=lambda choice: (choice.position, choice.pk))
    return [{"value": choice.value, "label": choice.label} for choice in ordered]
