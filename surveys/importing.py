"""Bring an instrument in from elsewhere: what is known, and a list of what is not, by row.

Nothing is stored before somebody has seen that list.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from surveys import authoring, building, default_levels, documents, versions
from surveys.models import Survey
from surveys.workbooks import Unreadable

Object = dict[str, Any]
_SALT = "surveys.importing.3"  # of the shape that is carried
_AT = re.compile(r"sections\[(\d+)\](?:\.questions\[(\d+)\])?(\.show_if)?")


@dataclass(frozen=True)
class Remark:
    """What was not taken over, or not as it was."""

    place: str  # where it stands in the file: "survey, row 12"
    text: str


@dataclass
class Draft:
    """An instrument as read, with what is to be said of it."""

    document: Object
    remarks: list[Remark] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)  # by question or section id
    key: str = ""  # the questionnaire of ours that the file itself says it comes from
    operation: UUID = field(default_factory=uuid4)  # it is stored once, however often one presses

    def remark(self, place: str, text: str) -> None:
        """Note what was left out or changed."""
        self.remarks.append(Remark(place, text))

    def fitted(self, place: str, text: str, longest: int) -> str:
        """Return the text as far as there is room for it; what is cut off is listed."""
        if len(text) > longest:
            said = _("A text is cut after %(number)d characters; this is left out: %(rest)s")
            self.remark(place, said % {"number": longest, "rest": text[longest:]})
        return text[:longest]

    @property
    def questions(self) -> int:
        """How many questions came through."""
        return sum(len(section["questions"]) for section in self.document["sections"])


def make_room(draft: Draft) -> None:
    """See that one question more fits into a survey. Raises Unreadable."""
    is_full = draft.questions >= building.MOST_QUESTIONS
    if is_full or len(draft.document["sections"]) > building.MOST_SECTIONS:
        raise Unreadable(_("A survey has room for 500 questions in 60 sections. Divide it."))


def mend(draft: Draft) -> Draft:
    """Take out what cannot be stored, each time with a remark, until the rest is sound."""
    for _round in range(50):
        faults = documents.faults(draft.document)
        if not faults:
            break
        _take_out(draft, faults)
    draft.document["sections"] = [s for s in draft.document["sections"] if s["questions"]]
    if draft.document["sections"] and (faults := documents.faults(draft.document)):
        raise Unreadable(_("This survey cannot be stored: %(fault)s.") % {"fault": faults[0]})
    for one in default_levels.wider_in(draft.document):
        draft.remark(draft.places.get(one.question.key, ""), f"“{one.question}”: {one.text}")
    return draft


def packed(draft: Draft) -> str:
    """Return the draft as a text that a page can carry, and that nobody else can make."""
    said = {"document": draft.document, "key": draft.key, "operation": draft.operation.hex}
    remarks = [[one.place, one.text] for one in draft.remarks]
    return signing.dumps(said | {"remarks": remarks}, salt=_SALT, compress=True)


def unpacked(text: str) -> Draft | None:
    """Return the draft that a page carried, or None when it is not one of ours."""
    try:
        said: Object = signing.loads(text, salt=_SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return None
    remarks = [Remark(*one) for one in said["remarks"]]
    return Draft(said["document"], remarks, key=said["key"], operation=UUID(said["operation"]))


@transaction.atomic
def store(*, draft: Draft, version: str, before: Survey | None) -> Survey:
    """Store what was read: as a questionnaire of its own, or as the next version.

    The same draft again is the survey that there is already. Raises authoring.InstrumentInvalid or
    authoring.VersionTaken.
    """
    taken = set(Survey.objects.values_list("key", flat=True))
    stored = Survey.objects.filter(operation=draft.operation)
    if known := stored.first():
        return known
    key = own = str(draft.document["id"])
    if before is not None:
        key = before.key
    elif own in taken:
        key = building.free_key(own, taken, "-")
    try:
        survey = authoring.load(document=draft.document | {"id": key, "version": version})
    except authoring.VersionTaken:
        if known := stored.first():  # by a press at the same moment
            return known
        raise
    survey.operation = draft.operation
    survey.save(update_fields=["operation"])
    if before is not None:
        versions.follow(survey=survey, before=before)
    return survey


def _take_out(draft: Draft, faults: Iterable[str]) -> None:
    """Remove every question, or its condition, that a fault names."""
    gone: set[tuple[int, int]] = set()
    for fault in faults:
        match = _AT.match(fault)
        if match is None or match[2] is None:
            continue
        at, number = int(match[1]), int(match[2])
        question = draft.document["sections"][at]["questions"][number]
        place = draft.places.get(question.get("id", ""), "")
        said = fault[match.end() :].lstrip(".")
        if match[3] and question.pop("show_if", None):
            text = _("The condition is left out, so the question is always asked: %(why)s")
            draft.remark(place, text % {"why": said.partition(": ")[2]})
        elif not match[3] and (at, number) not in gone:
            gone.add((at, number))
            text = _("The question “%(label)s” is left out: %(why)s")
            draft.remark(place, text % {"label": question.get("label", ""), "why": said})
    for at, section in enumerate(draft.document["sections"]):
        kept = [q for n, q in enumerate(section["questions"]) if (at, n) not in gone]
        section["questions"] = kept
    draft.document["sections"] = [s for s in draft.document["sections"] if s["questions"]]
