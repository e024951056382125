"""The page between a button and what cannot be undone: it says what will happen, and asks."""

from collections.abc import Sequence
from typing import Any, TypedDict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class Asked(TypedDict):
    """What the page says; `effects` are sentences, `subject` is what it is about."""

    question: str
    subject: str
    effects: Sequence[str]
    submit: str
    back_url: str


def ask(
    request: HttpRequest,
    asked: Asked,
    *,
    form: Any = None,
    hidden: Sequence[tuple[str, Any]] = (),
    is_calm: bool = False,
) -> HttpResponse:
    """Ask; the page posts to its own address, with `hidden` beside what `form` asks for.

    `is_calm` is for what ends nothing.
    """
    context = {**asked, "form": form, "hidden": hidden, "is_calm": is_calm}
    return render(request, "confirm.html", context)
