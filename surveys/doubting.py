"""Answers that look like a slip: asked about at once, and never refused for it."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from surveys import carrying, entries, wording
from surveys.carrying import Earlier
from surveys.entries import Entry
from surveys.models import Question, Response
from surveys.reading import Item, Sheet

TIMES = 10  # as much as the last time, or as little
SMALL = 20  # below this a number may well grow tenfold
AMOUNTS = (Question.Type.NUMBER, Question.Type.CURRENCY, Question.Type.PERCENTAGE)
# One sum that is rarely above another, by their questions' keys.
RARELY_ABOVE = {"amount_paid": "amount_assessed"}


def doubts(
    question: Question, entry: Entry, earlier: Earlier | None, others: Mapping[str, Entry]
) -> str:
    """Return what to ask about an answer, beside the others of the response; or nothing."""
    if question.type not in AMOUNTS or not isinstance(entry.value, int | float):
        return ""
    said = [_unit(question, entry.value), _jump(question, entry.value, earlier)]
    limit = RARELY_ABOVE.get(question.key, "")
    if limit in others:
        said.append(_above(entry.value, others[limit].value))
    return " ".join(filter(None, said))


def at_once(response: Response, question: Question, entry: Entry, today: date) -> str:
    """Return what to ask about an answer that has just been saved; one query.

    Two where the version has changed since the agency answered the last time.
    """
    if question.type not in AMOUNTS or not isinstance(entry.value, int | float):
        return ""
    limit = RARELY_ABOVE.get(question.key, "")
    other = response.answers.filter(question__key=limit)
    rows = list(carrying.answers(response, [question.key]) | other)
    found = carrying.beside([question], [r for r in rows if r.question.key != limit], today)
    others = {row.question.key: entries.of(row) for row in rows if row.question.key == limit}
    return doubts(question, entry, found.get(question.pk), others)


def all_of(sheet: Sheet, today: date) -> list[tuple[Item, str]]:
    """Return what to ask about a whole response before it is handed in; two queries at most."""
    items = [item for item in sheet.items if item.is_answered]
    found = carrying.earlier(sheet.response, [item.question for item in items], today)
    given = {item.question.key: item.entry for item in items}
    asked = (
        (item, doubts(item.question, item.entry, found.get(item.question.pk), given))
        for item in items
    )
    return [(item, text) for item, text in asked if text]


def _unit(question: Question, value: float) -> str:
    if question.type != Question.Type.PERCENTAGE or not 0 < value < 1:
        return ""
    words = {"value": f"{value:g}", "meant": f"{value * 100:g}"}
    return _("Is it %(value)s percent? If you mean %(meant)s percent, enter %(meant)s.") % words


def _jump(question: Question, value: float, earlier: Earlier | None) -> str:
    before = earlier.entry.value if earlier and earlier.is_comparable else None
    if earlier is None or not isinstance(before, int | float) or max(value, before) < SMALL:
        return ""
    words = {"wave": earlier.wave.title, "before": " ".join(wording.lines(question, earlier.entry))}
    if before and value >= TIMES * before:
        text = _("This is ten times what your agency said in “%(wave)s”, %(before)s, or more.")
    elif before >= TIMES * value:
        text = _("This is a tenth of what your agency said in “%(wave)s”, %(before)s, or less.")
    else:
        return ""
    return f"{text % words} {_('If it is right, leave it.')}"


def _above(value: float, limit: object) -> str:
    if not isinstance(limit, int | float) or value <= limit:
        return ""
    words = {"value": f"{value:,}", "limit": f"{limit:,}"}
    text = _("More was paid than found owed this year (%(value)s and %(limit)s).")
    more = _("That happens, for example when older cases are paid. Leave it if so.")
    return f"{text % words} {more}"
