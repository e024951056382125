"""Findings for SPSS: a CSV of numbers and a syntax file that reads it and says what they mean."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import User
from jobs import kinds
from jobs.kinds import Progress
from library.sheets import as_text
from surveys import comparing, entries, export
from surveys.comparing import NO_POWER, NUMBERS, Line
from surveys.models import Question, Wave

LONGEST_NAME, LONGEST_LABEL, LONGEST_VALUE = 60, 250, 120  # bytes that SPSS takes
LONGEST_TEXT = 32767
PIECE = 80  # characters of a quoted text on one line
FIRST_MISSING, LAST_MISSING = -99, -90  # codes of what is no answer
_RESERVED = frozenset(
    {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}
)
_PLACE = ("agency", "level", "state")  # the columns before the answers
_ABSENT = {
    "not_shared": -99,
    "no_answer": -98,
    "does_not_apply": -97,
    NO_POWER: -96,
    "after_yours": -95,
}
_NUMERIC = NUMBERS | {Question.Type.YEAR}
_CODED = comparing.CHOSEN


@dataclass(frozen=True)
class Variable:
    """One column: its name, what it is called, and what its numbers mean."""

    name: str
    label: str
    format: str
    values: Mapping[int, str]
    codes: Mapping[str, int]  # what the export writes: the number for it

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return not self.format.startswith("A")

    @property
    def misses(self) -> bool:
        """Whether some of its numbers stand for no answer."""
        return any(code <= LAST_MISSING for code in self.values)


def archive(wave: Wave, user: User | AnonymousUser, progress: Progress = kinds.silent) -> bytes:
    """Return both files, zipped: just what the other exports hold for this reader."""
    heading, *rows = export.answers(wave, user, progress)
    practices = comparing.lines(comparing.questions_of(wave.survey))
    variables = _variables(heading, practices, rows)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{wave.slug}.csv", _table(wave, variables, rows).encode("utf-8-sig"))
        packed.writestr(f"{wave.slug}.sps", _syntax(wave, variables).encode("utf-8-sig"))
    return whole.getvalue()


def _variables(heading: list[Any], practices: list[Line], rows: list[list[Any]]) -> list[Variable]:
    names = _names([*map(str, heading)])
    labels = {"agency": _("Agency"), "level": _("Level"), "state": _("State")}
    found = [
        Variable(name, labels[name], _text_format(row[at] for row in rows), {}, {})
        for at, name in enumerate(names[: len(_PLACE)])
    ]
    for at, line in enumerate(practices, start=len(_PLACE)):
        said = (row[at] for row in rows)
        found.append(_variable(names[at], line, said))
    return found


def _variable(name: str, line: Line, said: Iterable[Any]) -> Variable:
    question = line.question
    label = f"{line.number} {question.label} {line.part.label if line.part else ''}".strip()
    if question.type not in _CODED | _NUMERIC:
        return Variable(name, label, _text_format(said), {}, {})
    if question.limits.get("min", 0) < 0:  # numbers like our codes are answers here
        return Variable(name, label, _number_format(question), {}, {})
    codes, values = _codes(question)
    return Variable(name, label, _number_format(question), values, codes)


def _codes(question: Question) -> tuple[dict[str, int], dict[int, str]]:
    """Return the number of each thing that can stand in a cell, and what each number means."""
    given: dict[str, tuple[int, str]] = {}
    if question.type == Question.Type.MULTIPLE_CHOICE:
        given = {"yes": (1, _("Yes")), "no": (0, _("No"))}
    elif question.type in _CODED:
        options = [one for one in entries.options(question) if one.value != NO_POWER]
        are_numbers = all(re.fullmatch(r"\d{1,6}", one.value) for one in options)
        for at, one in enumerate(options, start=1):
            given[one.value] = int(one.value) if are_numbers else at, one.label
    words = {
        "not_shared": _("Not shared"),
        "no_answer": _("No answer"),
        "does_not_apply": _("Does not apply"),
        NO_POWER: _("Not our power"),
        "after_yours": _("After yours"),
    }
    missing = {value: (_ABSENT[value], label) for value, label in words.items()}
    reasons = question.survey.not_reported if question.allows_not_reported else []
    room = range(min(_ABSENT.values()) + len(_ABSENT), LAST_MISSING + 1)
    for code, reason in zip(room, reasons, strict=False):
        missing[reason["value"]] = code, reason["label"]
    every = given | missing
    return {value: code for value, (code, _label) in every.items()}, dict(every.values())


def _names(headings: list[str]) -> list[str]:
    """Return names as SPSS wants them: a letter first, few signs, none twice in any case."""
    found: list[str] = []
    for heading in headings:
        name = re.sub(r"[^A-Za-z0-9_.]", "_", heading)
        if not name[:1].isalpha() or name.upper() in _RESERVED:
            name = f"v_{name}"
        name = whole = name[:LONGEST_NAME].rstrip("._")
        number = 1
        while name.lower() in {one.lower() for one in found}:
            number += 1
            name = f"{whole[: LONGEST_NAME - 4]}_{number}"
        found.append(name)
    return found


def _text_format(said: Iterable[Any]) -> str:
    longest = max((len(_one_line(one).encode()) for one in said), default=1)
    return f"A{min(max(longest, 1), LONGEST_TEXT)}"


def _number_format(question: Question) -> str:
    return f"F20.{question.limits.get('decimals', 0)}"


def _one_line(said: Any) -> str:
    return " ".join(as_text(said).split())


def _table(wave: Wave, variables: list[Variable], rows: list[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(export.notice(wave))
    writer.writerow([variable.name for variable in variables])
    for row in rows:
        writer.writerow([_cell(v, said) for v, said in zip(variables, row, strict=True)])
    return text.getvalue()


def _cell(variable: Variable, said: Any) -> Any:
    if not variable.is_number:
        return _one_line(said)
    if isinstance(said, int | float):
        return said
    return variable.codes.get(str(said), "")


def _syntax(wave: Wave, variables: list[Variable]) -> str:
    notice = "".join(f"* {row[0]}.\n" for row in export.notice(wave))
    reads = "\n".join(f"  {variable.name} {variable.format}" for variable in variables)
    labels = "\n".join(f"  /{v.name} {_quoted(v.label, LONGEST_LABEL)}" for v in variables)
    missing = [variable.name for variable in variables if variable.misses]
    ends = f"({FIRST_MISSING} THRU {LAST_MISSING})"
    values = "".join(_value_labels(variable) for variable in variables if variable.values)
    misses = "".join(f"MISSING VALUES {name} {ends}.\n" for name in missing)
    return f"""* Encoding: UTF-8.
{notice}* Reads {wave.slug}.csv, which lies beside this file. Names and labels hold letters beyond
  ASCII: Unicode must be on, as it is unless somebody has changed it.
GET DATA
  /TYPE=TXT
  /FILE={_quoted(f"{wave.slug}.csv", LONGEST_LABEL)}
  /ENCODING="UTF8"
  /ARRANGEMENT=DELIMITED
  /DELIMITERS=","
  /QUALIFIER='"'
  /FIRSTCASE={len(export.notice(wave)) + 2}
  /VARIABLES=
{reads}.
DATASET NAME findings.
VARIABLE LABELS
{labels.replace("  /", "  ", 1)}.
{values}{misses}EXECUTE.
"""


def _value_labels(variable: Variable) -> str:
    said = "\n".join(
        f"  {code} {_quoted(label, LONGEST_VALUE)}"
        for code, label in sorted(variable.values.items())
    )
    return f"VALUE LABELS {variable.name}\n{said}.\n"


def _quoted(text: str, most: int) -> str:
    """Return a text between quotes, in pieces, so that no line is longer than SPSS reads."""
    tidy = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    short = tidy.encode()[:most].decode(errors="ignore").rstrip()
    pieces = [short[at : at + PIECE] for at in range(0, len(short), PIECE)] or [""]
    return " +\n    ".join(f'"{piece.replace(chr(34), chr(34) * 2)}"' for piece in pieces)
