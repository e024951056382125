"""The real instrument and its demonstration answers, as the files hold them."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

DATA = Path(__file__).parents[2] / "ciwo_portal" / "data"


def instrument() -> dict[str, Any]:
    """Return the practice survey's document, fresh each time."""
    document: dict[str, Any] = json.loads((DATA / "practice_survey.json").read_text("utf-8"))
    return document


def demo() -> dict[str, Any]:
    """Return the demonstration agencies and responses."""
    document: dict[str, Any] = json.loads((DATA / "demo_responses.json").read_text("utf-8"))
    return document


def operation() -> UUID:
    """Return the name of a new save."""
    return uuid4()
