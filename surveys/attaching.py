"""Add files to an answer and take them away again; nobody forgets what a colleague added."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import ngettext

from accounts.models import User
from surveys import drafting, entries, uploads
from surveys.entries import Entry
from surveys.models import Answer, AnswerFile, Question, Response
from surveys.uploads import Refused, UploadedFile


@transaction.atomic
def attach(
    *,
    response: Response,
    question: Question,
    files: Sequence[UploadedFile],
    operation: UUID,
    by: User,
    now: datetime,
) -> None:
    """Add these files to the answer, all or none; the same operation again adds nothing.

    Raises uploads.Refused, drafting.AlreadySubmitted or drafting.NotOpen.
    """
    taken = [uploads.clean(question, file) for file in files]
    answer = _hold(response, question)
    if response.revisions.filter(question=question, operation=operation).exists():
        return
    drafting.refuse_if_closed(response=response, now=now)
    kept = entries.of(answer).value or []
    _refuse_too_many(question, len(kept) + len(files))
    added = [
        AnswerFile.objects.create(
            response=response,
            question=question,
            file=file,
            name=str(file.name),
            size=file.size,
            added_by=by,
            added_at=now,
        )
        for file in taken
    ]
    value = [*kept, *({"file": str(f.uid), "name": f.name, "bytes": f.size} for f in added)]
    _save(answer, response, question, value, operation=operation, by=by, now=now)


@transaction.atomic
def remove(
    *, response: Response, question: Question, uid: UUID, operation: UUID, by: User, now: datetime
) -> None:
    """Take one file out of the answer and erase it; one that is gone already stays gone.

    One that was handed in is kept with that submission.

    Raises drafting.AlreadySubmitted or drafting.NotOpen.
    """
    answer = _hold(response, question)
    given = entries.of(answer).value or []
    value = [one for one in given if one["file"] != str(uid)]
    if len(value) == len(given):
        return
    _save(answer, response, question, value or None, operation=operation, by=by, now=now)
    gone = response.files.filter(question=question, uid=uid, was_submitted=False).first()
    if gone is None:
        return
    gone.delete()
    transaction.on_commit(partial(gone.file.storage.delete, str(gone.file.name)))


def _hold(response: Response, question: Question) -> Answer | None:
    """Lock the response: whoever changes the list of files holds it, so no file is forgotten."""
    Response.objects.select_for_update(of=("self",), no_key=True).get(pk=response.pk)
    return response.answers.filter(question=question).first()


def _refuse_too_many(question: Question, count: int) -> None:
    most = uploads.max_files(question)
    if count > most:
        raise Refused(
            ngettext(
                "At most %(most)d file can be given here; take one out first.",
                "At most %(most)d files can be given here; take one out first.",
                most,
            )
            % {"most": most}
        )


def _save(
    answer: Answer | None, response: Response, question: Question, value: Any, **how: Any
) -> None:
    sharing, seen = (answer.sharing, answer.revision) if answer else ("", 0)
    entry = Entry(value, "", sharing)
    drafting.save_answer(response=response, question=question, entry=entry, seen=seen, **how)
