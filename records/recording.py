"""Put a recording up, caption it, and bring it out once everybody has agreed."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import visitors
from accounts.models import User
from library import captions, uploads
from library.captions import Cue
from library.uploads import Taken, UploadedFile
from notifications import fanning, outbox
from records import notices, transcripts
from records.models import Recording, Segment
from records.transcripts import Part
from webinars import registration
from webinars.models import Webinar

KINDS = (".mp4", ".webm")
MAX_MB = 2_000


class NotReady(Exception):
    """Something is still missing; the recording says what."""


def looked_into(upload: UploadedFile) -> Taken:
    """Return a video that may be kept. Raises uploads.Refused."""
    return uploads.clean(upload, kinds=KINDS, max_mb=MAX_MB)


@transaction.atomic
def put(*, webinar: Webinar, link: str, upload: "UploadedFile | None", audience: str) -> Recording:
    """Keep the recording, a file or a link; a new one takes the old one's place.

    Without either what is there stays, and only the audience changes. Raises uploads.Refused.
    """
    recording = _hold(webinar)
    old = recording.file.name
    recording.audience = audience
    if link or upload:
        recording.link, recording.file, recording.file_name, recording.file_size = link, "", "", 0
    with _stored(recording, upload):
        recording.save()
        visitors.forget_pages()
    if old and recording.file.name != old:
        transaction.on_commit(partial(recording.file.storage.delete, old))
    return recording


@transaction.atomic
def caption(*, webinar: Webinar, cues: Sequence[Cue]) -> None:
    """Give it captions, and a transcript made of them unless somebody wrote one."""
    recording = _hold(webinar)
    recording.captions = captions.write(cues)
    recording.length = -(-max(cue.ends for cue in cues) // 1000)
    recording.save()
    if not recording.has_own_transcript:
        _say(recording, transcripts.of_captions(cues))


@transaction.atomic
def transcribe(*, webinar: Webinar, text: str) -> None:
    """Give it a written transcript; an empty one leaves it to the captions again."""
    recording = _hold(webinar)
    recording.has_own_transcript = bool(text.strip())
    recording.save()
    if recording.has_own_transcript:
        _say(recording, transcripts.of_text(text))
    else:
        cues = captions.read(recording.captions) if recording.captions else []
        _say(recording, transcripts.of_captions(cues))


@transaction.atomic
def divide(*, webinar: Webinar, chapters: Iterable[tuple[int, str]]) -> None:
    """Name its chapters: the second at which each begins, and its title."""
    recording = _hold(webinar)
    recording.chapters = [[start, title] for start, title in chapters]
    recording.save()
    visitors.forget_pages()


@transaction.atomic
def consent(*, webinar: Webinar, by: User, now: datetime) -> None:
    """Confirm that everybody who speaks agrees that the recording comes out."""
    recording = _hold(webinar)
    if recording.consented_at is None:
        recording.consented_at, recording.consented_by = now, by
        recording.save()


@transaction.atomic
def publish(*, webinar: Webinar, now: datetime) -> int:
    """Bring it out and tell who had a place or came; return how many are told.

    Nobody is told twice, however often it comes out, nor of a webinar that was put on record
    after it was held. Raises NotReady.
    """
    recording = _hold(webinar)
    if recording.missing():
        raise NotReady
    if recording.published_at is not None:
        return 0
    recording.published_at = now
    recording.consented_at = recording.consented_at or now  # all presenters agreed themselves
    recording.save()
    visitors.forget_pages()
    if recording.webinar.is_entered_later:
        return 0
    known = notices.told(recording).values("recipient")
    audience = _audience(recording).exclude(pk__in=known)
    return fanning.queue(audience, notices.recording_is_out(recording, now))


@transaction.atomic
def withdraw(*, webinar: Webinar, now: datetime) -> None:
    """Take it back: nobody but organisers sees it, and who has not been told is not."""
    recording = _hold(webinar)
    recording.published_at = None
    recording.save()
    visitors.forget_pages()
    outbox.withdraw(notices.about(recording), reason="the recording was withdrawn", now=now)


def _hold(webinar: Webinar) -> Recording:
    """Lock the webinar, so that two organisers change its recording one after the other."""
    webinar = registration.hold(webinar)
    recording = Recording.objects.filter(webinar=webinar).first() or Recording()
    recording.webinar = webinar
    return recording


def _audience(recording: Recording) -> QuerySet[User]:
    """Return who held a seat or came, as far as they may see it."""
    webinar = recording.webinar
    seated = User.objects.filter(registrations__in=webinar.registrations.seated())
    came = User.objects.filter(attendances__in=webinar.attendances.attended())
    people = User.objects.filter(Q(pk__in=seated.values("pk")) | Q(pk__in=came.values("pk")))
    return people.filter(is_active=True).order_by("pk")


def _say(recording: Recording, parts: Iterable[Part]) -> None:
    recording.segments.all().delete()
    Segment.objects.bulk_create(
        Segment(
            recording=recording,
            position=position,
            text=part.text,
            starts=part.starts,
            speaker=part.speaker,
        )
        for position, part in enumerate(parts, start=1)
    )
    visitors.forget_pages()


@contextlib.contextmanager
def _stored(recording: Recording, upload: "UploadedFile | None") -> Iterator[None]:
    """Put the file on the disk, and take it off again when the rest does not succeed."""
    if upload is None:
        yield
        return
    taken = looked_into(upload)
    recording.file.save(str(taken.name), taken, save=False)
    recording.file_name, recording.file_size = str(taken.name), taken.size
    try:
        yield
    except BaseException:
        recording.file.storage.delete(str(recording.file.name))
        raise
