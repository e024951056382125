"""What looking into a file finds: that it does not fit, or what its sender should know."""

from dataclasses import dataclass


class Unfit(Exception):
    """The file is not taken. Its text says why and what to do, with %(name)s for the file's name.

    Without a text, the file only is not what its name says.
    """


@dataclass(frozen=True)
class Found:
    """A file that fits; `content` stands in its place where something was taken off it."""

    content: bytes | None = None
    outside: tuple[str, ...] = ()  # addresses that a program may load when it opens the file
