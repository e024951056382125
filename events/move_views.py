"""The page between a form and a move that people are told of: it says what the move touches."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events.effects import Effects
from events.forms import EventForm, MoveForm
from events.models import Event


@dataclass(frozen=True)
class Move:
    """A change that people are told of, with what the page says of it."""

    event: Event  # as it is
    details: Any  # as it would be
    typed: EventForm  # valid
    effects: Effects
    question: str
    told: str  # what people get
    submit: str
    reads: str  # who reads the reason
    parent: str
    parent_url: str
    back_url: str


def ask(request: HttpRequest, move: Move) -> HttpResponse | None:
    """Return the page that says what a move touches, until it was seen and has its reason."""
    is_seen = request.POST.get("confirmed") == move.typed.move()
    form = MoveForm(
        request.POST if is_seen else None,
        initial={"reason": request.POST.get("reason", "")},
        is_read=move.effects.messages > 0,
        reads=move.reads,
    )
    if is_seen and form.is_valid():
        return None
    context = {"move": move, "form": form, "sent": _sent(request)}
    return render(request, "events/manage_move.html", context)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed, but for what the page in between asks itself."""
    unsent = ("csrfmiddlewaretoken", "reason", "confirmed", "back")
    lists = [(name, texts) for name, texts in request.POST.lists() if name not in unsent]
    return [(name, str(text)) for name, texts in lists for text in texts]
