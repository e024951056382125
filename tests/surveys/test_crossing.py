"""Exchanges between agencies that different figures count leave these figures as published."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import findings
from surveys.crossing import Crossing
from surveys.disclosure import Published
from surveys.findings import Unit
from surveys.models import Question

GROUPS = ("", "level:city", "size:small")


def told(units: list[Unit], kind: str) -> list[object]:
    """Return what is published of these agencies over each group."""
    question = Question(type=kind)
    groups = ([unit for unit in units if group in unit.groups] for group in GROUPS)
    return [findings.tally(question, some) for some in groups if some]


def made(said: list[tuple[int, bool, bool]]) -> list[Unit]:
    """Return agencies that say a number each, some in the groups."""
    found = []
    for n, (value, *ins) in enumerate(said):
        groups = {"", *(group for group, is_in in zip(GROUPS[1:], ins, strict=True) if is_in)}
        found.append(Unit(n, n, value, frozenset(groups), "counted"))
    return found


def exchanged(units: list[Unit], one: Unit, other: Unit) -> list[Unit]:
    """Return the agencies after two of them have exchanged what they say."""
    values = {one: other.value, other: one.value}
    return [
        Unit(u.revision, u.response, values.get(u, u.value), u.groups, u.sharing) for u in units
    ]


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(["number", "single_choice"]),
    st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.booleans()), min_size=6, max_size=60),
)
def test_what_may_be_exchanged_leaves_every_figure(
    kind: str, said: list[tuple[int, bool, bool]]
) -> None:
    units = made(said)
    held = {group: tuple(u for u in units if group in u.groups) for group in GROUPS}
    shown = {group: some for group, some in held.items() if some}
    crossing = Crossing([Published(f"1/{g}", some, kind != "number") for g, some in shown.items()])
    adds = [
        crossing.adds([str(u.value)] * len(shown), [g in u.groups for g in shown]) for u in units
    ]

    found = [
        told(exchanged(units, one, other), kind) == told(units, kind)
        for one, other in pairwise(units)
        if (mine := adds[one.response]) and (theirs := adds[other.response])
        if crossing.may_exchange(mine, theirs)
    ]

    assert all(found)
