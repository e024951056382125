"""Findings as tables to take along: for each reader just what the pages show him."""

import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Subquery, TextField, Value
from django.db.models.functions import MD5, Cast, Concat
from django.utils.translation import gettext as _

from accounts.models import User
from jobs import kinds
from jobs.kinds import Progress
from surveys import comparing, entries, totals, wording
from surveys.comparing import BLANK, HELD, HIDDEN, NO_POWER, NOT_SHARED, Column, Line
from surveys.models import Answer, Figure, Question, Response, Wave, Withdrawal

MOST = 5000  # agencies
ABSENT = {
    NOT_SHARED: "not_shared",
    BLANK: "no_answer",
    HIDDEN: "does_not_apply",
    HELD: "after_yours",
}
SHEETS = ("Answers", "Totals", "Codebook")

Row = list[Any]


def notice(wave: Wave) -> list[Row]:
    """Return the row that says that a demonstration is one; no row otherwise."""
    text = _("Demonstration data: fictional agencies and invented figures")
    return [[text]] if wave.is_demo else []


def answers(wave: Wave, user: User | AnonymousUser, progress: Progress = kinds.silent) -> list[Row]:
    """Return a row for each agency that the reader may know, below the row of headings."""
    questions = comparing.questions_of(wave.survey)
    by_key = {question.key: question for question in questions}
    practices = comparing.lines(questions)
    named = wave.responses.named_to(user).select_related("agency").by_agency()[:MOST]
    rows: list[Row] = [["agency", "level", "state", *map(_heading, practices)]]
    columns = comparing.columns(named, questions, user)
    for number, column in enumerate(columns):
        progress(number, len(columns))
        agency = column.response.agency
        said = [_said(line, column, by_key) for line in practices]
        rows.append([agency.name, agency.level, agency.state, *said])
    return rows


def published(wave: Wave) -> list[Row]:
    """Return the totals of the last release, just the cells that the page shows.

    What was withdrawn says so in each of its rows, with the day and the reason.
    """
    place = ["release", "group", "question", "part"]
    rows: list[Row] = [[*place, "answer", "percent", "median", "low", "high", "n", "note"]]
    last = wave.releases.order_by("-number").values("pk")[:1]
    figures = Figure.objects.filter(release=Subquery(last))
    whole = totals.withdrawal(wave)
    for figure in figures.select_related("release", "question", "withdrawal").order_by("pk"):
        rows += _published(wave, figure, figure.withdrawal or whole)
    return rows


def codebook(wave: Wave) -> list[Row]:
    """Return what each column of the answers is, and what the words for no answer mean."""
    rows: list[Row] = [["column", "number", "question", "part", "type", "unit", "values"]]
    for line in comparing.lines(comparing.questions_of(wave.survey)):
        question, part = line.question, line.part.label if line.part else ""
        kind = [question.type, question.unit, _values(question)]
        rows.append([_heading(line), line.number, question.label, part, *kind])
    words = {
        ABSENT[NOT_SHARED]: _("The agency does not let you read it by name, or there is none"),
        ABSENT[BLANK]: _("Left blank"),
        ABSENT[HIDDEN]: _("An earlier answer makes the question pointless"),
        ABSENT[HELD]: _("Readable after your own agency has submitted answers in this part"),
        NO_POWER: _("The law gives the agency no such power"),
        **{code["value"]: code["label"] for code in wave.survey.not_reported},
        "hidden": _("Total not shown: it could show single agencies"),
        "withdrawn": _("Published earlier and taken back; the note says when and why"),
    }
    return [*rows, *([code, "", meaning, "", "", "", ""] for code, meaning in words.items())]


def seal(wave: Wave, user: User | AnonymousUser) -> dict[str, str]:
    """Return which answers these tables tell the reader, by response, and how much was withdrawn.

    Two readings that are alike came from the same rights, over the same answers.
    """
    answers = Answer.objects.visible_to(user).filter(
        response__wave=wave, response__state=Response.State.SUBMITTED, applies=True
    )
    edition = Concat("pk", Value(":"), "revision", output_field=TextField())
    told = (
        answers.order_by()
        .values("response")
        .annotate(editions=MD5(StringAgg(edition, ",", order_by="pk")))
    )
    figures = Figure.objects.filter(release__wave=wave, withdrawal__isnull=False).count()
    withdrawn = f"{figures}/{Withdrawal.objects.filter(release__wave=wave).count()}"
    return dict(told.values_list(Cast("response", TextField()), "editions")) | {
        "withdrawn": withdrawn
    }


def workbook(wave: Wave, user: User | AnonymousUser, progress: Progress = kinds.silent) -> bytes:
    """Return all tables as a workbook; what looks like a formula is text."""
    whole = io.BytesIO()
    kept = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(whole, kept) as book:
        for name, rows in zip(SHEETS, _tables(wave, user, progress), strict=True):
            sheet = book.add_worksheet(name)
            for place, row in enumerate([*notice(wave), *rows]):
                for column, cell in enumerate(row):
                    _write(sheet, place, column, cell)
    return whole.getvalue()


def document(
    wave: Wave, user: User | AnonymousUser, progress: Progress = kinds.silent
) -> dict[str, Any]:
    """Return all tables as lists of objects, for programs."""
    found = {
        name.lower(): [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        for name, rows in zip(SHEETS, _tables(wave, user, progress), strict=True)
    }
    return {"survey": str(wave.survey), "wave": wave.title, "demo": wave.is_demo, **found}


def _tables(wave: Wave, user: User | AnonymousUser, progress: Progress) -> Iterator[list[Row]]:
    yield answers(wave, user, progress)
    yield published(wave)
    yield codebook(wave)


def _heading(line: Line) -> str:
    return f"{line.question.key}.{line.part.value}" if line.part else line.question.key


def _said(line: Line, column: Column, by_key: dict[str, Question]) -> Any:
    cell = comparing.cell(line, column, by_key)
    if cell.kind in ABSENT:
        return ABSENT[cell.kind]
    entry, question = column.given[line.question.key], line.question
    if entry.not_reported:
        return entry.not_reported
    if question.type == Question.Type.MULTIPLE_CHOICE:
        return cell.kind
    if line.part:
        return entry.value[line.part.value]
    if question.type == Question.Type.FILE:
        return "; ".join(given["name"] for given in entry.value)
    return "; ".join(entry.value) if isinstance(entry.value, list) else entry.value


def _published(wave: Wave, figure: Figure, withdrawal: Withdrawal | None) -> list[Row]:
    place = [figure.release.number, figure.group or "all", figure.question.key, figure.part]
    if withdrawal:
        note = wording.withdrawn(wave, withdrawal)
        return [[*place, "withdrawn", "", "", "", "", "", note]]
    if figure.shown is None:
        return [[*place, "hidden", "", "", "", "", "", ""]]
    if "shares" in figure.shown:
        shares = figure.shown["shares"].items()
        return [[*place, said, share, "", "", "", figure.number, ""] for said, share in shares]
    told = [figure.shown.get(name, "") for name in ("median", "low", "high")]
    return [[*place, "", "", *told, figure.number, ""]]


def _values(question: Question) -> str:
    return "; ".join(f"{choice.value} = {choice.label}" for choice in entries.options(question))


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, "" if cell is None else str(cell))
