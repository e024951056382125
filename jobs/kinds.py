"""The kinds of work that apps can give to the worker; each app registers its own when ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User

Progress = Callable[[int, int], None]  # how many are done, of how many


def silent(done: int, total: int) -> None:
    """Tell nobody how far it is: it is done while one waits."""


class Refused(Exception):
    """It cannot be done; the text says why, and what to do, to the person who asked."""


@dataclass(frozen=True)
class Made:
    """What came of it: one sentence for the person, and a file where one was asked for."""

    outcome: str
    content: bytes | None = None
    file_name: str = ""


@dataclass(frozen=True)
class Order:
    """What somebody wants to be made."""

    kind: str
    about: dict[str, Any]
    title: str
    back: str  # the address of the page that leads here


@dataclass(frozen=True)
class Kind:
    """One kind of work. `may_have` is asked before it begins, and at each download."""

    name: str  # "<app>/<word>"
    make: Callable[[User, dict[str, Any], Progress], Made]
    may_have: Callable[[User, dict[str, Any]], bool]


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make these kinds known."""
    _kinds.update({kind.name: kind for kind in kinds})


def get(name: str) -> Kind:
    """Return the kind of this name, or raise KeyError."""
    return _kinds[name]
