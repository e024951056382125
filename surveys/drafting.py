"""Fill in a response: every answer is saved over the revision that was seen, or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from surveys import entries
from surveys.entries import Entry
from surveys.models import Answer, AnswerRevision, Question, Response, SharingLevel, Wave


class NotOpen(Exception):
    """The wave takes no answers now: it has not opened yet, or it has closed."""


class AlreadySubmitted(Exception):
    """The response has been handed in and does not change any more."""


class AnswerChanged(Exception):
    """Somebody saved another revision meanwhile; `answer` is what stands there now."""

    def __init__(self, answer: Answer | None) -> None:
        super().__init__("the answer was changed meanwhile")
        self.answer = answer


@dataclass(frozen=True)
class Draft:
    """One answer as a form brings it: over which revision, and as which operation."""

    question: Question
    entry: Entry
    seen: int
    operation: UUID


@dataclass(frozen=True)
class Conflict:
    """Two people answered the same question differently."""

    draft: Draft
    theirs: Answer | None


def takes_answers(*, response: Response, now: datetime) -> bool:
    """Whether the agency may still change its answers at `now`."""
    return response.state == Response.State.DRAFT and response.is_open(now)


def mark_opened(*, response: Response, now: datetime) -> None:
    """Remember when somebody of the agency first looked."""
    if response.opened_at is None:
        Response.objects.filter(pk=response.pk, opened_at=None).update(opened_at=now)


def save_answer(
    *,
    response: Response,
    question: Question,
    entry: Entry,
    seen: int,
    operation: UUID,
    by: User,
    now: datetime,
) -> AnswerRevision:
    """Write over the revision that was seen; the same operation again returns its first result.

    Raises AnswerChanged when that revision is not the current one, AlreadySubmitted or NotOpen
    when the response takes no answers, entries.Invalid when more people would read it than the
    wave allows. An operation that comes again with another value is not the same: a browser's
    back button brings such.
    """
    saved = AnswerRevision(
        response=response,
        question=question,
        revision=seen + 1,
        value=entry.value,
        not_reported=entry.not_reported,
        sharing=entry.sharing or _begins_at(response, question),
        operation=operation,
        changed_by=by,
        changed_at=now,
    )
    try:
        with transaction.atomic():
            refuse_if_closed(response=response, now=now)
            _swap(saved)
            saved.save(force_insert=True)
    except (IntegrityError, AnswerChanged, AlreadySubmitted, NotOpen) as fault:
        done = response.revisions.filter(question=question, operation=operation).first()
        if done and _says(done) == _says(saved):
            return done
        raise _reason(fault, saved) from None
    return saved


def save_all(
    *, response: Response, drafts: Iterable[Draft], by: User, now: datetime
) -> list[Conflict]:
    """Save each answer that its author changed; return those that colleagues changed as well.

    What the author left as it was is not written, whatever a colleague made of it meanwhile.
    """
    drafts = list(drafts)
    seen = _as_seen(response, drafts)
    conflicts = []
    for draft in drafts:
        if is_same(draft, seen[draft.question.pk]):
            continue
        try:
            saved = save_answer(
                response=response,
                question=draft.question,
                entry=draft.entry,
                seen=draft.seen,
                operation=draft.operation,
                by=by,
                now=now,
            )
            _refuse_if_overtaken(saved)
        except AnswerChanged as change:
            if not is_same(draft, entries.of(change.answer)):
                conflicts.append(Conflict(draft, change.answer))
    return conflicts


def is_same(draft: Draft, other: Entry) -> bool:
    """Whether the draft says just this, with the same people to see it."""
    level = other.sharing or draft.question.begins_at
    return draft.entry == Entry(other.value, other.not_reported, level)


@transaction.atomic
def refuse_if_closed(*, response: Response, now: datetime) -> None:
    """Raise AlreadySubmitted or NotOpen when the response takes no answers at `now`.

    All who save hold the row, so nobody submits until their transaction ends, and as what an
    answer may be read is settled beside the answers that it rests on.
    """
    held = Response.objects.select_for_update(of=("self",), no_key=True).get(pk=response.pk)
    if held.state == Response.State.SUBMITTED:
        raise AlreadySubmitted
    held.wave = response.wave
    if not held.is_open(now):
        raise NotOpen


def _begins_at(response: Response, question: Question) -> SharingLevel:
    return SharingLevel(question.default_sharing).at_most(response.wave.widest_sharing)


def _reason(fault: Exception, saved: AnswerRevision) -> Exception:
    """Return why an answer was not saved; the table refuses it if the wave was narrowed since."""
    if isinstance(fault, AlreadySubmitted | NotOpen):
        return fault
    wave = Wave.objects.get(responses=saved.response)
    try:
        entries.refuse_wider(saved.sharing, wave.widest_sharing)
    except entries.Invalid as too_wide:
        return too_wide
    return AnswerChanged(_current(saved))


def _swap(saved: AnswerRevision) -> None:
    new = {
        "value": saved.value,
        "not_reported": saved.not_reported,
        "sharing": saved.sharing,
        "revision": saved.revision,
        "changed_by": saved.changed_by,
        "changed_at": saved.changed_at,
    }
    answers = saved.response.answers.filter(question=saved.question)
    if saved.revision == 1:
        saved.response.answers.create(question=saved.question, **new)
    elif not answers.filter(revision=saved.revision - 1).update(**new):
        raise AnswerChanged(None)


def _says(saved: AnswerRevision) -> Entry:
    return Entry(saved.value, saved.not_reported, saved.sharing)


def _current(saved: AnswerRevision) -> Answer | None:
    answers = saved.response.answers.select_related("changed_by")
    return answers.filter(question=saved.question).first()


def _refuse_if_overtaken(saved: AnswerRevision) -> None:
    """A form that is sent again must not hide what was saved after its first sending."""
    current = _current(saved)
    if current and current.revision > saved.revision:
        raise AnswerChanged(current)


def _as_seen(response: Response, drafts: list[Draft]) -> dict[int, Entry]:
    wanted = {draft.question.pk: draft.seen for draft in drafts}
    seen = dict.fromkeys(wanted, Entry())
    for row in response.revisions.filter(question__in=wanted, revision__in=set(wanted.values())):
        if wanted[row.question_id] == row.revision:
            seen[row.question_id] = _says(row)
    return seen
