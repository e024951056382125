"""What a response says so far: its sections, questions and answers together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from surveys import conditions, entries, wording
from surveys.entries import Entry
from surveys.models import Answer, Question, Response, Section, SharingLevel, Survey


@dataclass(frozen=True)
class Item:
    """One question with its answer."""

    question: Question
    number: str  # as printed: "4.2"
    answer: Answer | None
    applies: bool
    condition: str  # when it applies, as a sentence; empty when always
    told: tuple["Item", ...] = ()  # what decides whether it applies, in order
    read_as: str = ""  # who reads the answer: its own level, or a narrower one of those

    @cached_property
    def entry(self) -> Entry:
        """What the answer says; nothing when there is none."""
        return entries.of(self.answer)

    @property
    def is_answered(self) -> bool:
        """Whether it counts as answered: zero and "not reported" do, a hidden one does not."""
        return self.applies and not self.entry.is_blank

    @property
    def level(self) -> str:
        """Who reads the answer, in words."""
        return str(SharingLevel(self.read_as).label) if self.read_as else ""

    @property
    def is_bound(self) -> bool:
        """Whether fewer people read the answer than the agency chose."""
        return self.is_answered and self.read_as != self.entry.sharing

    @property
    def chosen(self) -> str:
        """Who may read the answer by its own level, in words."""
        return str(SharingLevel(self.entry.sharing).label) if self.entry.sharing else ""

    @property
    def bounds(self) -> list["Item"]:
        """What it tells that fewer people may read than its own level says."""
        if not self.is_bound:
            return []
        allowed = SharingLevel.within(self.entry.sharing)[1:]
        return [one for one in self.told if one.entry.sharing in allowed]

    @property
    def lines(self) -> list[str]:
        """What the answer says, in words."""
        return wording.lines(self.question, self.entry)


@dataclass(frozen=True)
class Part:
    """One section with its questions and answers."""

    section: Section
    number: int
    items: list[Item]

    @property
    def total(self) -> int:
        """How many questions apply."""
        return sum(item.applies for item in self.items)

    @property
    def answered(self) -> int:
        """How many of those are answered."""
        return sum(item.is_answered for item in self.items)


@dataclass(frozen=True)
class Sheet:
    """A whole response."""

    response: Response
    parts: list[Part]

    @property
    def items(self) -> list[Item]:
        """All questions in their order."""
        return [item for part in self.parts for item in part.items]

    @property
    def total(self) -> int:
        """How many questions apply."""
        return sum(part.total for part in self.parts)

    @property
    def answered(self) -> int:
        """How many of those are answered."""
        return sum(part.answered for part in self.parts)

    def part(self, key: str) -> Part | None:
        """Return the section with this key, or None."""
        return next((part for part in self.parts if part.section.key == key), None)

    def after(self, part: Part) -> Part | None:
        """Return the section that follows, or None after the last."""
        return next((p for p in self.parts if p.number == part.number + 1), None)


@dataclass(frozen=True)
class SectionProgress:
    """How far one section of a response is."""

    section: Section
    answered: int
    total: int

    @property
    def is_done(self) -> bool:
        """Whether every question that applies is answered."""
        return self.answered == self.total


@dataclass(frozen=True)
class Progress:
    """How far a response is."""

    sections: list[SectionProgress]

    @property
    def answered(self) -> int:
        """How many of the questions that apply are answered."""
        return sum(section.answered for section in self.sections)

    @property
    def total(self) -> int:
        """How many questions apply."""
        return sum(section.total for section in self.sections)


def read(response: Response) -> Sheet:
    """Return the whole response in four queries; the response comes with its wave and survey."""
    answers = {a.question_id: a for a in response.answers.select_related("changed_by")}
    return laid_out(response, asked(response.wave.survey), answers)


def asked(survey: Survey) -> list[Question]:
    """Return a survey's questions in their order, with section and choices; two queries."""
    questions = list(
        survey.questions.select_related("section")
        .prefetch_related("choices")
        .order_by("section__position", "position", "pk")
    )
    for question in questions:
        question.survey = survey
    return questions


def laid_out(response: Response, questions: list[Question], answers: Mapping[int, Answer]) -> Sheet:
    """Put questions, in their order and with section and choices, and answers together."""
    given = {q.key: entries.of(answers.get(q.pk)) for q in questions}
    shown = conditions.visible(questions, given)
    by_key = {q.key: q for q in questions}
    items: dict[str, Item] = {}
    for question in questions:
        section, question.widest_sharing = question.section, response.wave.widest_sharing
        behind = conditions.behind(question, by_key)
        items[question.key] = Item(
            question=question,
            number=f"{section.position}.{question.position}",
            answer=answers.get(question.pk),
            applies=question.key in shown,
            condition=wording.condition(question, by_key),
            told=tuple(item for key, item in items.items() if key in behind),
            read_as=_read_as(given, behind) if given[question.key].sharing else "",
        )
    by_section: dict[Section, list[Item]] = defaultdict(list)
    for item in items.values():
        by_section[item.question.section].append(item)
    return Sheet(
        response, [Part(section, section.position, its) for section, its in by_section.items()]
    )


def _read_as(given: Mapping[str, Entry], behind: Iterable[str]) -> SharingLevel:
    """Return who reads an answer: the fewest of who may read what it tells, or is itself."""
    levels = (given[key].sharing or SharingLevel.ORGANISERS for key in behind)
    return SharingLevel.narrowest(levels)


def progress(responses: Iterable[Response]) -> dict[int, Progress]:
    """Say how far each response is, by its key; two queries for any number of them."""
    responses = list(responses)
    asked: dict[int, list[Question]] = defaultdict(list)
    surveys = {r.wave.survey_id for r in responses}
    questions = Question.objects.filter(survey__in=surveys).select_related("section")
    for question in questions.order_by("section__position", "position", "pk"):
        asked[question.survey_id].append(question)
    given: dict[int, dict[int, Entry]] = defaultdict(dict)
    for answer in Answer.objects.filter(response__in=responses):
        given[answer.response_id][answer.question_id] = entries.of(answer)
    return {
        response.pk: _progress(asked[response.wave.survey_id], given[response.pk])
        for response in responses
    }


def _progress(questions: list[Question], given: dict[int, Entry]) -> Progress:
    by_key = {q.key: given.get(q.pk, Entry()) for q in questions}
    shown = conditions.visible(questions, by_key)
    answered: Counter[Section] = Counter()
    total: Counter[Section] = Counter()
    for question in questions:
        total[question.section] += question.key in shown
        answered[question.section] += question.key in shown and not by_key[question.key].is_blank
    return Progress([SectionProgress(one, answered[one], total[one]) for one in total])
