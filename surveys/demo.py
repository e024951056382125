"""Load and remove the demonstration instrument and responses; everything says that it is demo."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.html import escape

from accounts.models import User
from agencies.models import Agency, Membership
from surveys import authoring, entries, filing, reading, releasing, submitting, teamwork
from surveys.documents import SHARING
from surveys.entries import Entry
from surveys.models import (
    Answer,
    AnswerFile,
    AnswerRevision,
    Comment,
    Inquiry,
    Invitation,
    Question,
    Reopening,
    Response,
    SectionWork,
    SharingLevel,
    Survey,
    Wave,
)
from surveys.reading import Sheet

TO_TRY = "alder-falls"  # its newest response stays open, so that people can fill it in
SECTIONS_LEFT = 4  # of that response: the last ones stay blank
NEWEST = "2026"
RETIRED = "practice-survey-2017-demo"  # the earlier wave of before: nothing of 2017 is invented
OPEN_FOR = timedelta(days=60)
ZONE = ZoneInfo("America/New_York")

STANDS_FOR = "Demonstration file: it stands for a real document."

Object = dict[str, Any]


@transaction.atomic
def load(
    *, instrument: Object, document: Object, agencies: Mapping[str, Agency], now: datetime
) -> list[Wave]:
    """Load the waves of a ciwo-demo/1 document; loading again adds nothing and keeps changes.

    `agencies` holds the agencies by their id in the document. One response stays open to try.
    """
    _remove(Wave.objects.filter(slug=RETIRED, is_demo=True))
    survey = _survey(instrument, now)
    names = sorted({given["wave"] for given in document["responses"]})
    waves = {name: _wave(survey, name, now) for name in names}
    for given in document["responses"]:
        wave, agency = waves[given["wave"]], agencies[given["agency"]]
        if not wave.responses.filter(agency=agency).exists():
            _respond(wave, agency, given, now)
    for wave in waves.values():
        if not wave.releases.exists():
            releasing.publish(wave=wave, by=None, now=min(now, wave.closes_at))
    _ask(waves[NEWEST], "north-bay", "collection_tools", agencies, now)
    return list(waves.values())


@transaction.atomic
def unload() -> None:
    """Remove the demonstration waves with their answers and files, and the instrument with them."""
    _remove(Wave.objects.filter(is_demo=True))
    Survey.objects.filter(is_demo=True, waves=None).delete()


def _remove(waves: Any) -> None:
    for kept in AnswerFile.objects.filter(response__wave__in=waves):
        transaction.on_commit(partial(kept.file.storage.delete, str(kept.file.name)))
    waves.delete()


def _survey(instrument: Object, now: datetime) -> Survey:
    known = Survey.objects.filter(key=instrument["id"], version=instrument["version"]).first()
    if known is None:
        known = authoring.load(document=instrument)
        Survey.objects.filter(pk=known.pk).update(is_demo=True)
    authoring.freeze(survey=known, now=now)
    for section in known.sections.filter(topics=None):
        [given] = [one for one in instrument["sections"] if one["id"] == section.key]
        filing.put(section=section, slugs=given.get("topics", []))
    return known


def _wave(survey: Survey, name: str, now: datetime) -> Wave:
    """Return the wave of this year; the newest one is open, also when it was loaded long ago."""
    is_newest = name == NEWEST
    first = now.astimezone(ZONE).date() - timedelta(days=30) if is_newest else date(int(name), 3, 1)
    last = now.astimezone(ZONE).date() + OPEN_FOR if is_newest else first + OPEN_FOR
    opens_at = datetime.combine(first, time(9), ZONE)
    closes_at = datetime.combine(last, time(17), ZONE)
    wave, is_new = Wave.objects.get_or_create(
        slug=f"practice-survey-{name}-demo",
        defaults={
            "survey": survey,
            "title": f"Practice survey {name} (demo)",
            "opens_at": opens_at,
            "closes_at": closes_at,
            "fielded_at": opens_at,
            "is_demo": True,
        },
    )
    if not is_new and is_newest and wave.closes_at <= now:
        wave.closes_at = closes_at
        wave.save(update_fields=["closes_at"])
    return wave


def _respond(wave: Wave, agency: Agency, given: Object, now: datetime) -> None:
    is_open = given["agency"] == TO_TRY and given["wave"] == NEWEST
    is_submitted = given["status"] == "submitted" and not is_open
    answered_at = wave.opens_at + timedelta(days=20)
    coordinators = _coordinators(agency)
    by = coordinators[0] if coordinators else None
    response = Response.objects.create(
        wave=wave,
        agency=agency,
        state=Response.State.SUBMITTED if is_submitted else Response.State.DRAFT,
        opened_at=wave.opens_at + timedelta(days=2),
        submitted_at=answered_at if is_submitted else None,
        submitted_by=by if is_submitted else None,
    )
    if wave.is_open(now):
        Invitation.objects.bulk_create(
            Invitation(response=response, person=person, invited_at=wave.opens_at)
            for person in coordinators
        )
    questions = [item.question for item in reading.read(response).items]
    if is_open:
        last = max(question.section.position for question in questions)
        questions = [q for q in questions if q.section.position <= last - SECTIONS_LEFT]
    _answer(response, questions, given, by, answered_at)
    sheet = reading.read(response)
    submitting.settle(sheet)
    if is_submitted:
        submitting.keep_files(sheet)
    if is_submitted and given["agency"] == TO_TRY:
        _submitted_before(sheet)
    if is_open:
        _share_out(sheet, answered_at)


def _submitted_before(sheet: Sheet) -> None:
    """Let the agency have submitted once before, with a zero too many in one answer."""
    response = sheet.response
    counts = (i for i in sheet.items if i.is_answered and i.question.type == Question.Type.NUMBER)
    item = next((item for item in counts if item.entry.value), None)
    if item is None or item.answer is None or response.submitted_at is None:
        return
    at = response.submitted_at - timedelta(days=7)
    Reopening.objects.create(
        response=response,
        reason="One number has a zero too many; please look at it again. (demo)",
        handed_in_at=at,
        handed_in_by=response.submitted_by,
        reopened_at=at + timedelta(days=2),
    )
    response.revisions.update(changed_at=at)
    newest = response.revisions.get(question=item.question)
    response.revisions.filter(pk=newest.pk).update(value=int(item.entry.value * 10))
    item.answer.revision = newest.revision = 2
    item.answer.save(update_fields=["revision"])
    newest.pk, newest.operation = None, uuid5(newest.operation, "again")
    newest.changed_at = item.answer.changed_at
    newest.save(force_insert=True)


def _share_out(sheet: Sheet, at: datetime) -> None:
    """Let the agency's people be in the middle of it: a section each, a word, a sign-off."""
    response = sheet.response
    coordinators = _coordinators(response.agency)
    places = Membership.objects.active().filter(agency=response.agency, person__is_active=True)
    staff = places.exclude(person__in=coordinators).select_related("person").order_by("pk").first()
    if staff is None or not coordinators:
        return
    by, owner = coordinators[0], staff.person
    signed, ready, *_others, left = sheet.parts
    agreed = teamwork.edition(teamwork.answers_of(signed))
    given: Object = {"response": response, "owner": owner, "given_at": at, "given_by": by}
    staged: Object = {"staged_at": at, "readied_by": owner}
    SectionWork.objects.bulk_create(
        [
            SectionWork(
                **given,
                **staged,
                section=signed.section,
                staged_by=by,
                stage=SectionWork.Stage.SIGNED_OFF,
                agreed=agreed,
            ),
            SectionWork(
                **given,
                **staged,
                section=ready.section,
                staged_by=owner,
                stage=SectionWork.Stage.READY,
            ),
            SectionWork(
                **given,
                section=left.section,
                note="Please ask the outreach team for the figures. (demo)",
            ),
        ]
    )
    _say(response, ready.items[0].question, owner, at)


def _say(response: Response, question: Question, by: User, at: datetime) -> None:
    Comment.objects.create(
        response=response,
        question=question,
        text="Should the mobile office count as in person? (demo)",
        operation=uuid5(NAMESPACE_URL, f"demo/{response.pk}/comment"),
        said_by=by,
        said_at=at,
    )


def _ask(wave: Wave, asked: str, key: str, agencies: Mapping[str, Agency], now: datetime) -> None:
    """Let the agency to try have asked another one two things: one is answered, one is open."""
    answer = Answer.objects.filter(
        response__wave=wave, response__agency=agencies[asked], question__key=key
    ).first()
    by, to = _coordinators(agencies[TO_TRY]), _coordinators(agencies[asked])
    if not (answer and by and to):
        return
    said: Object = {
        "text": "Who files the lien, and when? (demo)",
        "reply": "A paralegal, the week the order is final; counsel signs once a week. (demo)",
        "state": Inquiry.State.ANSWERED,
        "is_note": True,
        "settled_by": to[0],
        "settled_at": now - timedelta(days=5),
    }
    waiting: Object = {"text": "Did the levies need a new rule? (demo)"}
    for place, more in enumerate((said, waiting)):
        Inquiry.objects.get_or_create(
            asked_by=by[0],
            operation=uuid5(NAMESPACE_URL, f"demo/inquiry/{place}"),
            defaults={"answer": answer, "agency": agencies[TO_TRY]}
            | {"asked_at": now - timedelta(days=9 - 7 * place)}
            | more,
        )


def _coordinators(agency: Agency) -> list[User]:
    places = Membership.objects.coordinating().filter(agency=agency, person__is_active=True)
    return [place.person for place in places.select_related("person").order_by("pk")]


def _answer(
    response: Response, questions: list[Question], given: Object, by: User | None, at: datetime
) -> None:
    answers, revisions = [], []
    for question in questions:
        entry = _entry(response, question, given)
        if entry.is_blank:
            continue
        fields: Object = {
            "response": response,
            "question": question,
            "value": entry.value,
            "not_reported": entry.not_reported,
            "sharing": entry.sharing,
            "changed_by": by,
            "changed_at": at,
        }
        operation = uuid5(NAMESPACE_URL, f"demo/{response.pk}/{question.key}")
        answers.append(Answer(**fields))
        revisions.append(AnswerRevision(**fields, revision=1, operation=operation))
    Answer.objects.bulk_create(answers)
    AnswerRevision.objects.bulk_create(revisions)


def _entry(response: Response, question: Question, given: Object) -> Entry:
    value = given["answers"].get(question.key)
    level = given["sensitivity_overrides"].get(question.key)
    wanted = SHARING[level] if level else question.default_sharing
    sharing = SharingLevel(wanted).at_most(response.wave.widest_sharing)
    if isinstance(value, dict) and "not_reported" in value:
        return Entry(None, value["not_reported"], sharing)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if question.type == Question.Type.FILE and value:
        value = [_file(response, question, one["name"]) for one in value]
    if question.type == Question.Type.MULTIPLE_CHOICE and value:  # in the survey's order
        value = [choice.value for choice in entries.options(question) if choice.value in value]
    return Entry(value, "", sharing)


def _file(response: Response, question: Question, name: str) -> Object:
    content = docx(STANDS_FOR) if name.endswith(".docx") else _pdf()
    kept = AnswerFile.objects.create(
        response=response,
        question=question,
        file=ContentFile(content, name),
        name=name,
        size=len(content),
        added_at=response.wave.opens_at,
    )
    return {"file": str(kept.uid), "name": name, "bytes": kept.size}


def _pdf() -> bytes:
    """Return a page that says that it stands for a document."""
    text = f"BT /F1 18 Tf 72 700 Td ({STANDS_FOR}) Tj ET".encode()
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>>>>>"
        ),
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    page = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(page))
        page += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n%s" % table
    return page + head + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(page)


def docx(*paragraphs: str) -> bytes:
    """Return a document of these paragraphs."""
    text = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in paragraphs)
    office = "http://schemas.openxmlformats.org"
    types = "application/vnd.openxmlformats"
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{office}/package/2006/content-types"><Default Extension="rels" '
            f'ContentType="{types}-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" '
            f'ContentType="{types}-officedocument.wordprocessingml.document.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{office}/wordprocessingml/2006/main"><w:body>{text}</w:body>'
            "</w:document>"
        ),
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return whole.getvalue()
