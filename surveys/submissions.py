"""What an agency has handed in, each time, as it stood then, and what changed in between."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from surveys import reading
from surveys.models import Answer, AnswerRevision, Reopening, Response
from surveys.reading import Item, Part, Sheet

MOST = 50  # submissions of one response, the newest


@dataclass(frozen=True)
class Change:
    """What is different about one question since the submission before."""

    item: Item
    before: Item
    said: list[str]  # one sentence for each difference
    was: list[str]  # what the answer said before, where that is gone


@dataclass(frozen=True)
class Submission:
    """What was handed in once; the sheet's response is as it stood at that moment."""

    number: int
    sheet: Sheet
    reopening: Reopening | None  # what let the agency change it afterwards
    changes: dict[str, Change] = field(default_factory=dict)  # by the question's key

    @property
    def at(self) -> datetime | None:
        """When it was handed in."""
        return self.sheet.response.submitted_at

    @property
    def by(self) -> User | None:
        """Who handed it in, if the portal still knows that person."""
        return self.sheet.response.submitted_by

    @property
    def parts(self) -> list[tuple[Part, list[tuple[Item, Change | None]]]]:
        """The sections with the questions that apply, or that did before."""
        return [(part, rows(part, self.changes)) for part in self.sheet.parts]


def rows(part: Part, changes: Mapping[str, Change]) -> list[tuple[Item, Change | None]]:
    """Return a section's questions that apply, or that have changed, with what changed."""
    pairs = [(item, changes.get(item.question.key)) for item in part.items]
    return [(item, change) for item, change in pairs if item.applies or change]


def history(response: Response) -> list[Submission]:
    """Return what was handed in, the oldest first; four queries for any number of times.

    The response comes with its wave and survey. Answers are as their revisions say: what they
    said, and who might see them, at the moment of handing in.
    """
    reopened = response.reopenings.select_related("handed_in_by", "reopened_by")
    ends: list[tuple[Response, Reopening | None]] = [
        (_as_it_stood(response, one), one) for one in reopened.order_by("handed_in_at", "pk")
    ]
    if response.state == Response.State.SUBMITTED:
        ends.append((response, None))
    questions = reading.asked(response.wave.survey) if ends else []
    said = list(response.revisions.select_related("changed_by").order_by("revision", "pk"))
    found: list[Submission] = []
    for number, (then, reopening) in enumerate(ends, start=1):
        sheet = reading.laid_out(then, questions, _answers(said, then))
        changes = _changes(found[-1].sheet, sheet) if found else {}
        found.append(Submission(number, sheet, reopening, changes))
    return found[-MOST:]


def _as_it_stood(response: Response, reopening: Reopening) -> Response:
    """Return the response as it was before it was opened again; nobody may save this one."""
    then = copy(response)
    then.state = Response.State.SUBMITTED
    then.submitted_at, then.submitted_by = reopening.handed_in_at, reopening.handed_in_by
    return then


def _answers(said: Iterable[AnswerRevision], then: Response) -> Mapping[int, Answer]:
    at = then.submitted_at
    newest = {row.question_id: row for row in said if at and row.changed_at <= at}
    return {
        key: Answer(
            response=then,
            question_id=key,
            value=row.value,
            not_reported=row.not_reported,
            sharing=row.sharing,
            revision=row.revision,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
        )
        for key, row in newest.items()
    }


def _changes(before: Sheet, after: Sheet) -> dict[str, Change]:
    pairs = zip(before.items, after.items, strict=True)
    found = (_change(was, now) for was, now in pairs)
    return {change.item.question.key: change for change in found if change}


def _change(before: Item, item: Item) -> Change | None:
    said = []
    is_other = (before.entry.value, before.entry.not_reported) != (
        item.entry.value,
        item.entry.not_reported,
    )
    if before.applies != item.applies:
        said.append(_("Asked now.") if item.applies else _("Does not apply any more."))
    if before.is_answered and item.is_answered:
        if is_other:
            said.append(_("Changed."))
        if before.read_as != item.read_as:
            said.append(_("Who may see it was: %(level)s.") % {"level": before.level})
    elif before.is_answered and item.applies:
        said.append(_("Taken out."))
    elif item.is_answered:
        said.append(_("Not answered before."))
    is_gone = before.is_answered and (is_other or not item.applies)
    return Change(item, before, said, before.lines if is_gone else []) if said else None
