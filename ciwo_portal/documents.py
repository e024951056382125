"""Read the JSON documents that the portal is filled from, and say exactly what is wrong in one."""

import json
from pathlib import Path
from typing import Any


class BadDocument(Exception):
    """The document cannot be loaded; the text names the line or the field."""


def read(path: Path, schema: str) -> dict[str, Any]:
    """Return a document of the expected schema, or raise BadDocument."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise BadDocument(f"{path}: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise BadDocument(f"{path}: not a UTF-8 text") from None
    except RecursionError:
        raise BadDocument(f"{path}: the text is nested too deeply") from None
    except json.JSONDecodeError as fault:
        raise BadDocument(f"{path}, line {fault.lineno}: {fault.msg}") from None
    if not isinstance(document, dict) or document.get("schema") != schema:
        raise BadDocument(f"{path}: the field schema must be {schema!r}")
    return document


def field(row: Any, name: str, kind: type, where: str) -> Any:
    """Return a field of the kind, or raise BadDocument naming it."""
    if not isinstance(row, dict):
        raise BadDocument(f"{where}: must be an object with fields")
    if name not in row:
        raise BadDocument(f"{where}: the field {name} is missing")
    if not isinstance(row[name], kind):
        raise BadDocument(f"{where}: the field {name} must be a {kind.__name__}, not {row[name]!r}")
    return row[name]


def rows(document: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    """Return a list's rows, each with the words that name its place in the document."""
    return [
        (f"{name}[{number}]", row)
        for number, row in enumerate(field(document, name, list, "the document"))
    ]


def text(row: Any, name: str, where: str, most: int) -> str:
    """Return a text of at most so many characters, or raise BadDocument naming the field."""
    value: str = field(row, name, str, where)
    if len(value) > most:
        raise BadDocument(f"{where}: the field {name} is longer than {most} characters")
    if "\x00" in value:
        raise BadDocument(f"{where}: the field {name} holds a NUL character")
    return value
