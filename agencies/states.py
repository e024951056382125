"""The states: their names, where their tiles stand on the map, and how many agencies they have."""

from collections.abc import Mapping
from dataclasses import dataclass

# A part of the directory: whether its agencies are invented, and its code.
Part = tuple[bool, str]

# Row of the map: column, code and name of each state in it.
_MAP = """\
1: 1 AK Alaska, 11 ME Maine
2: 10 VT Vermont, 11 NH New Hampshire
3: 1 WA Washington, 2 ID Idaho, 3 MT Montana, 4 ND North Dakota, 5 MN Minnesota, 6 IL Illinois
3: 7 WI Wisconsin, 8 MI Michigan, 9 NY New York, 10 RI Rhode Island, 11 MA Massachusetts
4: 1 OR Oregon, 2 NV Nevada, 3 WY Wyoming, 4 SD South Dakota, 5 IA Iowa, 6 IN Indiana, 7 OH Ohio
4: 8 PA Pennsylvania, 9 NJ New Jersey, 10 CT Connecticut
5: 1 CA California, 2 UT Utah, 3 CO Colorado, 4 NE Nebraska, 5 MO Missouri, 6 KY Kentucky
5: 7 WV West Virginia, 8 VA Virginia, 9 MD Maryland, 10 DE Delaware
6: 2 AZ Arizona, 3 NM New Mexico, 4 KS Kansas, 5 AR Arkansas, 6 TN Tennessee, 7 NC North Carolina
6: 8 SC South Carolina, 9 DC District of Columbia
7: 4 OK Oklahoma, 5 LA Louisiana, 6 MS Mississippi, 7 AL Alabama, 8 GA Georgia
8: 1 HI Hawaii, 4 TX Texas, 9 FL Florida"""


@dataclass(frozen=True)
class State:
    """A state and its place on the map."""

    code: str
    name: str
    column: int
    row: int


@dataclass(frozen=True)
class Tile:
    """A state as the map shows it to one reader."""

    state: State
    count: int
    is_mine: bool


def _read() -> dict[str, State]:
    states = {}
    for line in _MAP.splitlines():
        row, _colon, entries = line.partition(": ")
        for entry in entries.split(", "):
            column, code, called = entry.split(" ", maxsplit=2)
            states[code] = State(code, called, int(column), int(row))
    return states


STATES = _read()
REGIONS = {  # as the Census Bureau draws them
    name: frozenset(codes.split())
    for name, codes in (
        ("Northeast", "CT ME MA NH NJ NY PA RI VT"),
        ("Midwest", "IL IN IA KS MI MN MO NE ND OH SD WI"),
        ("South", "AL AR DC DE FL GA KY LA MD MS NC OK SC TN TX VA WV"),
        ("West", "AK AZ CA CO HI ID MT NV NM OR UT WA WY"),
    )
}


def name(code: str) -> str:
    """Return a state's name; the code itself where there is no such state."""
    return STATES[code].name if code in STATES else code


def place(jurisdiction: str, code: str) -> str:
    """Return where an agency has its say: the state stands beside another name alone."""
    state = name(code)
    return state if jurisdiction == state else f"{jurisdiction}, {state}"


def tiles(counts: Mapping[str, int], mine: set[str]) -> list[Tile]:
    """Return the map: every state with its number of agencies, the reader's own ones marked."""
    return [
        Tile(state, counts.get(code, 0), code in mine and code in counts)
        for code, state in STATES.items()
    ]


def pages(counts: Mapping[Part, int], most: int) -> list[list[Part]]:
    """Divide the states, by name, into pages of at most so many agencies; none is torn apart.

    What is invented comes last.
    """
    divided: list[list[Part]] = []
    room = 0
    for part in sorted(counts, key=lambda part: (part[0], name(part[1]))):
        if not divided or counts[part] > room:
            divided.append([])
            room = most
        divided[-1].append(part)
        room -= counts[part]
    return divided
