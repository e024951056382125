"""Files as answers: checked, stored under a name that says nothing, served to their agency."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from surveys import drafting, entries, uploads
from surveys.entries import Entry
from surveys.models import Answer, AnswerFile, Question, Response
from surveys.uploads import Refused, UploadedFile


@transaction.atomic
def attach(
    *, response: Response, question: Question, upload: UploadedFile, by: User, now: datetime
) -> AnswerFile:
    """Add a file to an answer. Raises uploads.Refused, or what drafting.save_answer raises."""
    name = uploads.clean(question, upload)
    answer = Answer.objects.filter(response=response, question=question).first()
    given = entries.of(answer).value or []
    most = uploads.max_files(question)
    if len(given) >= most:
        raise Refused(_("At most %(most)d files can be given here.") % {"most": most})
    kept = AnswerFile.objects.create(
        response=response,
        question=question,
        file=upload,
        name=name,
        size=upload.size or 0,
        added_by=by,
        added_at=now,
    )
    drafting.save_answer(
        response=response,
        question=question,
        entry=Entry([*given, {"file": str(kept.uid), "name": name}]),
        seen=answer.revision if answer else 0,
        operation=uuid4(),
        by=by,
        now=now,
    )
    return kept
