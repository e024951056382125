"""Practices by agency: what one reader may see of the answers of several agencies, side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from surveys import conditions, entries, findings, wording
from surveys.entries import Entry
from surveys.models import (
    READ_BY_ALL,
    READ_BY_MEMBERS,
    Answer,
    AnswerQuerySet,
    Choice,
    Inquiry,
    MutualSection,
    Question,
    Response,
    Section,
    SharingLevel,
    Survey,
)

NO_POWER = "no_authority"  # the value that says that the law gives an agency no such power
LONGEST = 90  # characters of a text in a cell; the agency's page has all of it

# What a cell can be; each is drawn differently, and none passes for another.
NOT_SHARED, BLANK, HIDDEN, HELD = "not_shared", "blank", "hidden", "held"
YES, PARTLY, NO, LACKS_POWER = "yes", "partly", "no", "no_power"
ZERO, NOT_REPORTED, SAYS = "zero", "not_reported", "says"
_YES_NO = {"yes": YES, "in_progress": PARTLY, "no": NO}
_WORDS = {
    NOT_SHARED: gettext_lazy("Not shared"),
    BLANK: gettext_lazy("No answer"),
    HIDDEN: gettext_lazy("Does not apply"),
    HELD: gettext_lazy("After yours"),
    YES: gettext_lazy("Yes"),
    NO: gettext_lazy("No"),
    LACKS_POWER: gettext_lazy("Not our power"),
}
NUMBERS = {Question.Type.NUMBER, Question.Type.PERCENTAGE, Question.Type.CURRENCY}
CHOSEN = {
    Question.Type.SINGLE_CHOICE,
    Question.Type.MULTIPLE_CHOICE,
    Question.Type.YES_NO_IN_PROGRESS,
    Question.Type.SCALE,
    Question.Type.MATRIX,
}


@dataclass(frozen=True)
class Line:
    """One practice: a question, or one choice or row of it."""

    question: Question
    number: str
    part: Choice | None = None

    @property
    def is_comparable(self) -> bool:
        """Whether two agencies can say just the same."""
        return self.question.type in CHOSEN

    @property
    def label(self) -> str:
        """What it is called in a table; a part stands under its question."""
        return self.part.label if self.part else self.question.label


@dataclass(frozen=True)
class Cell:
    """What one agency says of one practice, as far as the reader may know."""

    kind: str
    text: str
    number: float | None = None
    is_same: bool | None = None  # as the reader's agency; None where it cannot be said
    is_far: bool = False

    @property
    def says(self) -> bool:
        """Whether it is an answer that another one can equal."""
        return self.kind in {YES, PARTLY, NO, LACKS_POWER, SAYS}

    @property
    def is_answer(self) -> bool:
        """Whether the agency answered, be it zero or that it does not know."""
        return self.kind not in {NOT_SHARED, BLANK, HIDDEN, HELD}


@dataclass(frozen=True)
class Column:
    """One agency's answers."""

    response: Response
    is_own: bool
    given: Mapping[str, Entry]  # what the reader may read, by question's key
    reads: frozenset[str]  # the levels whose absence the reader may know of
    year: int | None = None  # for which it reports, where agencies differ
    noted: frozenset[int] = frozenset()  # the questions with practice notes that the reader reads
    held: frozenset[int] = frozenset()  # sections in which the reader's agency must give first
    levels: Mapping[int, str] = field(default_factory=dict)  # as what each answer may be read


@dataclass(frozen=True)
class Row:
    """One practice over all agencies shown."""

    line: Line
    columns: list[Column]
    cells: list[Cell]

    @property
    def pairs(self) -> list[tuple[Column, Cell]]:
        """Each cell with its agency."""
        return [*zip(self.columns, self.cells, strict=True)]

    @property
    def same(self) -> int:
        """How many others say the same as the reader's agency."""
        return sum(cell.is_same is True for cell in self.cells)

    @property
    def different(self) -> int:
        """How many others say something else."""
        return sum(cell.is_same is False for cell in self.cells)


def questions_of(survey: Survey) -> list[Question]:
    """Return all questions in their order with sections and choices; two queries."""
    questions = list(
        survey.questions.select_related("section")
        .prefetch_related("choices")
        .order_by("section__position", "position", "pk")
    )
    for question in questions:
        question.survey = survey
    return questions


def with_years(shown: list[Column], questions: Iterable[Question]) -> list[Column]:
    """Say for which year each agency reports, if they differ.

    It is what they answer to the survey's question on a year that findings are filtered by.
    """
    asked = (q for q in questions if q.type == Question.Type.YEAR and q.compare == "filter")
    if (question := next(asked, None)) is None:
        return shown
    years = [one.given.get(question.key, Entry()).value for one in shown]
    if len({*years} - {None}) < 2:
        return shown
    return [replace(one, year=year) for one, year in zip(shown, years, strict=True)]


def lines(questions: Iterable[Question]) -> list[Line]:
    """Return the practices that these questions ask about."""
    found = []
    for question in questions:
        number = f"{question.section.position}.{question.position}"
        parts = parts_of(question)
        found += [Line(question, number, part) for part in parts] or [Line(question, number)]
    return found


def parts_of(question: Question) -> list[Choice]:
    """Return the choices or rows of which each is a practice of its own; mostly there are none."""
    if question.type == Question.Type.MULTIPLE_CHOICE:
        return entries.options(question)
    return entries.rows(question) if question.type == Question.Type.MATRIX else []


def columns(
    responses: Iterable[Response], questions: Iterable[Question], user: User | AnonymousUser
) -> list[Column]:
    """Return what the reader may know of these responses; at most five queries for any number."""
    responses = list(responses)
    keys = {question.pk: question.key for question in questions}
    pks = [response.pk for response in responses]
    answers = Answer.objects.filter(response__in=pks, question__in=keys, applies=True)
    own = set(Response.objects.answered_by(user).filter(pk__in=pks).values_list("pk", flat=True))
    given: dict[int, dict[str, Entry]] = {pk: {} for pk in pks}
    noted: dict[int, set[int]] = {pk: set() for pk in pks}
    for response, question, is_noted, *said in _read(answers.visible_to(user)):
        given[response][keys[question]] = Entry(*said)
        if is_noted:
            noted[response].add(question)
    levels: dict[int, dict[int, str]] = {pk: {} for pk in pks}
    for response, question, level in answers.values_list("response", "question", "readable_as"):
        levels[response][question] = level
    held = MutualSection.objects.unmet_by(user).filter(wave__in={r.wave_id for r in responses})
    owed = {*held.values_list("wave", "section")}
    reads = _levels_read(user, is_member=bool(own))
    return [
        Column(
            response=r,
            is_own=r.pk in own,
            given=given[r.pk],
            reads=frozenset(SharingLevel.values) if r.pk in own else reads,
            noted=frozenset(noted[r.pk]),
            held=frozenset(s for wave, s in owed if wave == r.wave_id and r.pk not in own),
            levels=levels[r.pk],
        )
        for r in responses
    ]


def rows(
    practices: Iterable[Line], shown: list[Column], by_key: Mapping[str, Question]
) -> list[Row]:
    """Return the table; the first column is compared with when it is the reader's agency.

    `by_key` holds all questions of the survey, since what applies depends on others.
    """
    table = []
    for line in practices:
        cells = [cell(line, column, by_key) for column in shown]
        own = cells[0] if shown and shown[0].is_own else None
        table.append(Row(line, shown, _apart([_compared(line, one, own) for one in cells])))
    return table


def by_column(
    table: Iterable[Row], shown: list[Column]
) -> list[tuple[Column, list[tuple[Question, Cell]]]]:
    """Return the table turned: what each agency says of all practices."""
    table = list(table)
    return [
        (column, [(row.line.question, row.cells[at]) for row in table])
        for at, column in enumerate(shown)
    ]


def cell(line: Line, column: Column, by_key: Mapping[str, Question]) -> Cell:
    """Return what one agency says; what cannot be known looks the same whatever the reason."""
    question = line.question
    entry = column.given.get(question.key)
    if entry is None or entry.is_blank:
        return _worded(_absence(question, column, by_key, is_readable=entry is not None))
    if entry.not_reported:
        return Cell(NOT_REPORTED, wording.reason(question, entry.not_reported))
    if line.part:
        return _of_part(question, line.part, entry.value)
    return _of_value(question, entry)


def held(question: Question, column: Column, by_key: Mapping[str, Question]) -> Section | None:
    """Return the section in which the reader must give first: its own, or of what it tells."""
    if not column.held:
        return None
    told = [by_key[key].section for key in conditions.behind(question, by_key)]
    return next((one for one in [question.section, *told] if one.pk in column.held), None)


def _read(answers: AnswerQuerySet) -> Iterable[tuple[Any, ...]]:
    """Return response and question of each, whether a practice note stands there, what it says."""
    notes = Inquiry.objects.notes().filter(answer=OuterRef("pk"))
    said = ("value", "not_reported", "readable_as")
    return answers.values_list("response", "question", Exists(notes), *said)


def _levels_read(user: User | AnonymousUser, *, is_member: bool) -> frozenset[str]:
    """Return the levels of which the reader also knows when nothing was answered.

    `is_member` says that the reader is known to belong to an agency; otherwise it is looked up.
    """
    if not user.is_authenticated:
        return READ_BY_ALL
    if user.is_organiser:
        return frozenset(SharingLevel.values)
    if is_member or user.memberships.active().exists():
        return READ_BY_MEMBERS
    return READ_BY_ALL


def _absence(
    question: Question, column: Column, by_key: Mapping[str, Question], *, is_readable: bool
) -> str:
    """Say why nothing is read here, without telling more than the reader may know."""
    if is_readable:
        return BLANK
    if held(question, column, by_key):  # whatever the agency answered, or not
        return HELD
    if _is_known_hidden(question, column.given, by_key):
        return HIDDEN
    told = conditions.behind(question, by_key)
    is_told = all(_read_at(column, by_key[key]) in column.reads for key in told)
    return BLANK if is_told and question.pk not in column.levels else NOT_SHARED


def _read_at(column: Column, question: Question) -> str:
    """Return who may know of an answer, given or not: what is not given begins at its level."""
    begins_at = SharingLevel(question.default_sharing).at_most(column.response.wave.widest_sharing)
    return column.levels.get(question.pk, begins_at)


def _is_known_hidden(
    question: Question, given: Mapping[str, Entry], by_key: Mapping[str, Question]
) -> bool:
    """Whether an answer that the reader may read says that this question does not apply."""
    for condition in (question.show_if or {"all": []})["all"]:
        asked = by_key[condition["question"]]
        entry = given.get(asked.key, Entry())
        if not entry.is_blank and not conditions.is_met({"all": [condition]}, given):
            return True
        if entry.is_blank and _is_known_hidden(asked, given, by_key):
            return True
    return False


def _of_value(question: Question, entry: Entry) -> Cell:
    text = "; ".join(wording.lines(question, entry))
    if question.type == Question.Type.YES_NO_IN_PROGRESS and entry.value in _YES_NO:
        return Cell(_YES_NO[entry.value], text)
    if question.type in NUMBERS:
        return Cell(ZERO if entry.value == 0 else SAYS, text, number=float(entry.value))
    if entry.value == NO_POWER:
        return _worded(LACKS_POWER)
    return Cell(SAYS, text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…")


def _of_part(question: Question, part: Choice, value: Any) -> Cell:
    if question.type == Question.Type.MULTIPLE_CHOICE:
        return _worded(YES if part.value in value else NO)
    if part.value not in value:
        return _worded(BLANK)
    if value[part.value] == NO_POWER:
        return _worded(LACKS_POWER)
    labels = {choice.value: choice.label for choice in entries.options(question)}
    return Cell(SAYS, labels[value[part.value]])


def _worded(kind: str) -> Cell:
    return Cell(kind, _(str(_WORDS[kind])))


def _compared(line: Line, one: Cell, own: Cell | None) -> Cell:
    if own is None or one is own or not (line.is_comparable and own.says and one.says):
        return one
    return Cell(one.kind, one.text, is_same=(one.kind, one.text) == (own.kind, own.text))


def _apart(cells: list[Cell]) -> list[Cell]:
    """Mark the numbers that stand far apart from the others, so that the rest stays readable."""
    numbers = [one.number for one in cells if one.number is not None]
    if (reach := findings.reach(numbers)) is None:
        return cells
    return [
        Cell(one.kind, one.text, one.number, is_far=not reach[0] <= one.number <= reach[1])
        if one.number is not None
        else one
        for one in cells
    ]
