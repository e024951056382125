"""Bring an instrument in and freeze it."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from surveys import documents, filing
from surveys.models import Choice, Question, Section, Survey


class InstrumentInvalid(Exception):
    """The document is not an instrument; `faults` names each field and what it should be."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class VersionTaken(Exception):
    """This version of the instrument is here already; a changed one needs a new version."""


def load(*, document: object) -> Survey:
    """Store a whole instrument, or nothing of it.

    Raises InstrumentInvalid, or VersionTaken when that version is here already.
    """
    faults = documents.faults(document)
    if faults or not isinstance(document, dict):
        raise InstrumentInvalid(faults)
    try:
        with transaction.atomic():
            return _store(document)
    except IntegrityError as clash:
        raise VersionTaken(f"{document['title']} {document['version']}") from clash


def freeze(*, survey: Survey, now: datetime) -> None:
    """Keep the instrument as it is from now on, since people answer it."""
    Survey.objects.filter(pk=survey.pk, frozen_at=None).update(frozen_at=now)


def put_choices(question: Question, given: dict[str, Any]) -> None:
    """Store the choices and rows that a question of a document has of its own."""
    Choice.objects.bulk_create(_choices(question, given, {}))


def _store(document: dict[str, Any]) -> Survey:
    lists = document.get("lists", {})
    codes = lists.get(document.get("not_reported", {}).get("list"), [])
    survey = Survey.objects.create(
        key=document["id"],
        version=document["version"],
        title=document["title"],
        introduction=document.get("introduction", ""),
        public_records_note=document.get("public_records_note", ""),
        definitions=[
            {"id": d["id"], "term": d["term"], "definition": d["text"]}
            for d in document.get("definitions", [])
        ],
        not_reported=[{"value": c["value"], "label": c["label"]} for c in codes],
    )
    choices: list[Choice] = []
    for position, given in enumerate(document["sections"], start=1):
        section = Section.objects.create(
            survey=survey,
            key=given["id"],
            title=given["title"],
            description=given.get("description", ""),
            position=position,
        )
        filing.put(section=section, slugs=given.get("topics", []))
        asked = [question(section, n, q) for n, q in enumerate(given["questions"], start=1)]
        for stored, source in zip(
            Question.objects.bulk_create(asked), given["questions"], strict=True
        ):
            choices += _choices(stored, source, lists)
    Choice.objects.bulk_create(choices)
    return survey


def question(section: Section, position: int, given: dict[str, Any]) -> Question:
    """Return a question of a document as a row that is not stored yet."""
    return Question(
        survey=section.survey,
        section=section,
        key=given["id"],
        position=position,
        type=given["type"],
        label=given["label"],
        help=given.get("help", ""),
        is_required=given.get("required", False),
        unit=given.get("unit", ""),
        allows_not_reported=given.get("allow_not_reported", False),
        limits={name: given[name] for name in documents.LIMITS if name in given},
        show_if=given.get("show_if"),
        terms=given.get("terms", []),
        choice_list=documents.list_of(given),
        default_sharing=documents.SHARING[given["sensitivity"]],
        compare=given.get("compare", ""),
        better=given.get("better", ""),
    )


def _choices(question: Question, given: dict[str, Any], lists: dict[str, Any]) -> list[Choice]:
    alone = given.get("exclusive", [])
    options = documents.choices_of(given, lists)
    made = [
        Choice(
            question=question,
            value=choice["value"],
            label=choice["label"],
            position=position,
            is_exclusive=choice["value"] in alone,
        )
        for position, choice in enumerate(options, start=1)
    ]
    rows = [
        Choice(
            question=question,
            axis=Choice.Axis.ROW,
            value=row["value"],
            label=row["label"],
            position=position,
        )
        for position, row in enumerate(given.get("rows", []), start=1)
    ]
    return made + rows
