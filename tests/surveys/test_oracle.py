"""Small waves, published by the portal's own rules, and attacked by brute force over all worlds."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys import disclosure, findings
from surveys.attacks import Guard, Table
from surveys.disclosure import Published
from surveys.entries import Entry
from surveys.families import Family, Practice, Record
from surveys.findings import Unit
from surveys.models import Question
from tests.surveys import oracle
from tests.surveys.oracle import Agency, Asked, Figure, Wave

GROUPS = ("", "level:city")
YES = ("yes", "in_progress", "no")
P = Asked("p", "one", YES)
SCALE = Asked("c", "one", ("1", "2"), after="p", when=("is", ("yes",)))
NUMBERS = [
    Asked("p", "number", ("1", "3", "4", "6", "9")),
    Asked("c", "one", ("1", "2"), after="p", when=("above", ("3",))),
]
INSTRUMENTS = {
    "a parent and its follow-up": [P, SCALE],
    "several choices, one of them alone": [
        Asked("p", "several", ("a", "b", "none"), alone="none"),
        Asked("c", "one", ("1", "2"), after="p", when=("lacks", ("none",))),
    ],
    "a table of two rows": [Asked("p", "rows", ("x", "y"), ("r", "s"))],
    "a chain of three": [
        P,
        Asked("c", "one", ("yes", "no"), after="p", when=("is", ("yes", "in_progress"))),
        Asked("d", "one", ("1", "2"), after="c", when=("is", ("yes",))),
    ],
    "a number and what follows a large one": NUMBERS,
    "a number after a number": [
        Asked("p", "number", ("1", "4", "6")),
        Asked("c", "number", ("1", "2", "3"), after="p", when=("above", ("3",))),
    ],
}
TYPES = {"one": "single_choice", "several": "multiple_choice", "rows": "matrix"}
OPERATORS = {"is": "any_of", "has": "includes", "lacks": "excludes", "above": "gt"}


def question(one: Asked, at: int) -> Question:
    """Return the question as the portal has it, not stored."""
    how, wanted = one.when
    value: object = wanted[0] if how == "lacks" else [*wanted]
    if how == "above":
        value = int(wanted[0])
    conditions = [{"question": one.after, "operator": OPERATORS[how], "value": value}]
    return Question(
        pk=at,
        key=one.key,
        type=TYPES.get(one.kind, one.kind),
        show_if={"all": conditions} if one.after else None,
        default_sharing="counted",
        is_required=True,
    )


def answer(one: Asked, said: oracle.Value) -> object:
    """Return an answer as the portal stores it."""
    if one.kind == "rows":
        return dict(zip(one.rows, said, strict=True))
    if one.kind == "number":
        return int(said)
    return [*said] if one.kind == "several" else said


def family(asked: list[Asked], agencies: list[Agency]) -> Family:
    """Return the questions and answers as the portal has them."""
    records = {
        at: Record(
            response=at,
            groups=agency.groups,
            handed_in=frozenset({"1"}),
            entries={
                one.key: Entry(answer(one, said), "", agency.levels[one.key])
                for one, said in zip(asked, agency.record, strict=True)
                if said is not None
            },
        )
        for at, agency in enumerate(agencies)
    }
    questions = [question(one, at) for at, one in enumerate(asked, start=1)]
    options = {one.key: [*one.options] for one in asked}
    return Family(questions, options, {o.key: frozenset({o.alone} - {""}) for o in asked}, records)


def said(asked: list[Asked], those: Family) -> dict[Practice, list[Unit]]:
    """Return what each agency counts with."""
    found: dict[Practice, list[Unit]] = {}
    for place, one in enumerate(asked):
        for part in one.parts():
            found[one.key, part] = []
            for at, record in those.records.items():
                entry = record.entries.get(one.key, Entry())
                if entry.is_blank or entry.sharing == "organisers":
                    continue
                value = findings.value_of(those.by_key[one.key], part, entry.value)
                turns = those.turns(one.key, part, entry.value, at)
                revision = at * 10 + place
                unit = Unit(revision, at, value, record.groups, entry.sharing, turns)
                found[one.key, part].append(unit)
    return found


class EachByItself(Table):
    """The control: each practice is tried alone, as if nobody knew the questionnaire."""

    def decide(self, practice: Practice, group: str, units: list[Unit]) -> Published | None:
        """Return the figure if it is safe beside those of the same practice."""
        beside = self.guard.shown.setdefault(practice, [])
        those = [unit for unit in units if group in unit.groups]
        plain = [Unit(u.revision, u.response, u.value, u.groups, u.sharing) for u in those]
        figure = Published(f"1/{group}", tuple(plain))
        if next(disclosure.leaks([*beside, figure], self.guard.smallest), None):
            return None
        beside.append(figure)
        return figure


def published(asked: list[Asked], agencies: list[Agency], kind: type[Table], smallest: int) -> Wave:
    """Publish what the portal would show of these answers, for the oracle to read."""
    those = family(asked, agencies)
    table = kind(Guard(those, {}, smallest), "1")
    figures = []
    by_key = {one.key: one for one in asked}
    for (key, part), units in said(asked, those).items():
        for group in GROUPS:
            if shown := table.decide((key, part), group, units):
                told = findings.tally(those.by_key[key], shown.units)
                values = {by_key[key].says(part, value) for value in by_key[key].answers()}
                shares = {value: told.get("shares", {}).get(value) for value in sorted(values)}
                number = len(shown.units)
                is_named = number < sum(group in unit.groups for unit in units)
                middle = told.get("median")
                figures.append(Figure(key, part, group, number, shares, is_named, middle))
    return Wave(asked, agencies, figures)


def attacked(wave: Wave, insiders: range | None = None) -> list[str]:
    """Return what a visitor, a member, and any one of the agencies finds out."""
    found = [wave.known(audience, None) for audience in ("public", "members")]
    found += [wave.known("members", at) for at in insiders or range(len(wave.agencies))]
    return [one for some in found for one in some]


def agency(asked: list[Asked], record: tuple[object, ...], *levels: str, city: bool) -> Agency:
    """Make an agency; no answer is read more widely than the one that it follows."""
    given: dict[str, str] = {}
    for one, level in zip(asked, levels, strict=True):
        bound = given.get(one.after, "public")
        given[one.key] = min(level, bound, key=oracle.ORDER.__getitem__)
    groups = frozenset({"", "level:city"} if city else {""})
    return Agency(record, given, groups)


def records(asked: list[Asked]) -> list[oracle.Record]:
    """Return all records that the questionnaire allows."""
    return Wave(asked, [], []).records()


def counted(asked: list[Asked], *said: oracle.Record) -> list[Agency]:
    """Make agencies all of whose answers are for totals only."""
    return [agency(asked, one, *["counted"] * len(asked), city=False) for one in said]


CASES: dict[str, tuple[list[Asked], list[oracle.Record]]] = {
    # Twelve of twelve were asked what is asked after a yes.
    "n of a follow-up": ([P, SCALE], [("yes", "1"), ("yes", "2")] * 3),
    # All but one; the share of "none" is hidden, the number of the follow-up tells it.
    "all but one": ([P, SCALE], [*[("yes", "1"), ("yes", "2")] * 3, ("no", None)]),
    # "none" is hidden, as only one chose it; how many were asked the follow-up tells it.
    "an exclusive choice": (
        INSTRUMENTS["several choices, one of them alone"],
        [*[(("a",), "1"), (("a", "b"), "2"), (("b",), "1")] * 2, (("none",), None)],
    ),
    # All have more than three.
    "a large number": (NUMBERS, [("4", "1"), ("6", "2"), ("9", "1")] * 2),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_follow_up_tells_is_found_by_the_oracle_and_not_published(name: str) -> None:
    asked, said = CASES[name]
    agencies = counted(asked, *said)

    before = published(asked, agencies, EachByItself, 5)
    after = published(asked, agencies, Table, 5)

    assert attacked(before) != []
    assert attacked(after) == []
    assert {figure.key for figure in before.figures} >= {"c"}
    assert {figure.key for figure in after.figures} <= {"p"}


@st.composite
def waves(draw: Callable[..., oracle.Value]) -> tuple[list[Asked], list[Agency]]:
    """Make a small wave of one of the questionnaires."""
    asked = INSTRUMENTS[draw(st.sampled_from(sorted(INSTRUMENTS)))]
    every = records(asked)
    level = st.sampled_from(["counted", "counted", "counted", "members", "public", "organisers"])
    number = draw(st.integers(5, 8))
    city = draw(st.integers(0, number))
    return asked, [
        agency(
            asked,
            draw(st.sampled_from(every)),
            *(draw(level) for _ in asked),
            city=at < city,
        )
        for at in range(number)
    ]


@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(waves())
def test_nothing_follows_from_what_is_published_of_small_waves(
    wave: tuple[list[Asked], list[Agency]],
) -> None:
    """With figures from two agencies on: what the smallest number hides must be safe without it."""
    shown = published(*wave, Table, 2)

    assert attacked(shown) == []
