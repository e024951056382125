"""Comments on answers: colleagues of one agency talk, and call a matter settled."""

from datetime import datetime
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from accounts.models import User
from surveys.filling import Form
from surveys.models import Comment, Question, Response
from surveys.reading import Part

LONGEST = 2000  # characters
MOST = 100  # on one question


class TooMuch(Exception):
    """A comment is short, and a question has room for a hundred."""


def say(
    *,
    response: Response,
    question: Question,
    text: str,
    operation: UUID,
    by: User,
    now: datetime,
) -> None:
    """Add a comment; the same operation again adds nothing, nor does an empty text.

    It waits until somebody resolves the thread. Raises TooMuch.
    """
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        return
    if len(text) > LONGEST or response.comments.filter(question=question).count() >= MOST:
        raise TooMuch
    Comment.objects.bulk_create(
        [
            Comment(
                response=response,
                question=question,
                text=text,
                operation=operation,
                said_by=by,
                said_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def say_all(
    *, response: Response, part: Part, form: Form, by: User, now: datetime
) -> dict[str, str]:
    """Add the comments that a section's form brings; return what could not be, and why, by key."""
    faults = {}
    for question in (item.question for item in part.items):
        try:
            say(
                response=response,
                question=question,
                text=form.fields.get(f"comment.{question.key}", ""),
                operation=uuid5(form.operation(question), "comment"),
                by=by,
                now=now,
            )
        except TooMuch:
            most = {"longest": LONGEST, "most": MOST}
            text = _("A comment has at most %(longest)d characters, a question %(most)d comments.")
            faults[question.key] = text % most
    return faults


def resolve(*, response: Response, question: Question, by: User, now: datetime) -> None:
    """Call what was said about an answer settled; it stays to be read."""
    waiting = response.comments.unresolved().filter(question=question)
    waiting.update(resolved_at=now, resolved_by=by)
