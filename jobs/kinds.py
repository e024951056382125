"""The kinds of work that apps can give to the worker; each app registers its own when ready."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User

Progress = Callable[[int, int], None]  # how many are done, of how many
Seal = Mapping[str, str]  # by part of a file: what the person may read of it


def silent(done: int, total: int) -> None:
    """Tell nobody how far it is: it is done while one waits."""


def unsealed(person: User, about: dict[str, Any]) -> Seal:
    """Seal nothing: whoever may have the file may have all of it."""
    return {}


class Refused(Exception):
    """It cannot be done; the text says why, and what to do, to the person who asked."""


@dataclass(frozen=True)
class Made:
    """What came of it: one sentence for the person, and a file or a page that shows it."""

    outcome: str
    content: bytes | None = None
    file_name: str = ""
    page: str = ""  # the address
    seal: Seal = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """What somebody wants to be made."""

    kind: str
    about: dict[str, Any]
    title: str
    back: str  # the address of the page that leads here


@dataclass(frozen=True)
class Kind:
    """One kind of work. `may_have` is asked before it begins, and at each download.

    `seal` says, part by part, what of a file the person may read. It is kept with the file, which
    is given out only while all of that still holds; new parts do no harm.
    """

    name: str  # "<app>/<word>"
    make: Callable[[User, dict[str, Any], Progress], Made]
    may_have: Callable[[User, dict[str, Any]], bool]
    seal: Callable[[User, dict[str, Any]], Seal] = unsealed


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make these kinds known."""
    _kinds.update({kind.name: kind for kind in kinds})


def get(name: str) -> Kind:
    """Return the kind of this name, or raise KeyError."""
    return _kinds[name]
