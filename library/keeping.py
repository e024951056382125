"""Keep a file or link, change it, take it away; what fails leaves nothing on the disk."""

import contextlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts import concurrency, visitors
from accounts.models import User
from agencies.models import Community
from library import uploads
from library.models import Download, Resource, ResourceQuerySet, ResourceVersion, Synonym, Topic
from library.uploads import Taken, UploadedFile

KINDS: tuple[str, ...] = (".pdf", ".docx", ".pptx", ".xlsx", ".odt", ".odp", ".ods")
KINDS += (".png", ".jpg", ".jpeg", ".csv", ".txt", ".md", ".vtt", ".srt", ".ics")
MAX_MB = 50
_PART = 64 * 1024


@dataclass(frozen=True)
class Details:
    """What is said of a resource; a link, or else a file that is given apart."""

    title: str
    kind: str
    link: str
    visibility: str
    community: Community | None
    reviewed_on: date | None = None  # when somebody last made sure that it still holds


def looked_into(upload: UploadedFile, *, kinds: Collection[str] = KINDS) -> Taken:
    """Return a file that may be kept, as it is kept. Raises uploads.Refused."""
    return uploads.clean(upload, kinds=kinds, max_mb=MAX_MB)


def add(
    *,
    uid: UUID,
    details: Details,
    topics: Iterable[Topic],
    upload: "UploadedFile | None",
    by: User | None,
    now: datetime,
    is_unannounced: bool = False,
) -> Resource:
    """Keep a file or link; the same uid again adds nothing. Raises uploads.Refused.

    `by` is None where somebody without an account brings it, who sends no uid twice. What is for
    an event that `is_unannounced` is hidden until announce() is called.
    """
    resource = Resource(uid=uid, **vars(details), added_by=by, added_at=now)
    resource.is_unannounced = is_unannounced
    with _stored(resource, upload), transaction.atomic():
        # Whoever adds holds the person's row, so that a double click finds the first one.
        if by is not None:
            User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
        kept = Resource.objects.filter(uid=uid).first()
        if kept is None:
            resource.save()
            resource.topics.set(topics)
            return resource
    _erase(resource, resource.file.name)
    return kept


def change(
    *,
    resource: Resource,
    details: Details,
    topics: Iterable[Topic],
    upload: "UploadedFile | None",
    now: datetime,
    seen: str = "",
) -> None:
    """Change what is said of it; a new file or link takes the old one's place, which is kept.

    `seen` is the version that was read. Raises ChangedMeanwhile, or uploads.Refused.
    """
    topics = list(topics)
    if upload is not None and _is_kept(resource, upload):  # it was pressed twice
        upload = None
    for name, value in vars(details).items():
        setattr(resource, name, value)
    with _stored(resource, upload), transaction.atomic():
        held = Resource.objects.select_for_update(of=("self",), no_key=True).get(pk=resource.pk)
        earlier = _version(held, now)
        is_new = bool(upload or (details.link and details.link != held.link))
        if upload is None:
            has_file = not details.link
            resource.file = held.file if has_file else ""
            resource.file_name = held.file_name if has_file else ""
            resource.file_size = held.file_size if has_file else 0
        wanted = _named(details, topics, resource.file.name)
        there = version(held, held.topics.all())
        concurrency.refuse_if_changed(seen=seen, there=there, wanted=wanted)
        resource.save()
        visitors.forget_pages()
        resource.topics.set(topics)
        if is_new:
            earlier.save()


def version(resource: Resource, topics: Iterable[Topic]) -> str:
    """Return what tells what is said of the resource, with its topics, from anything else."""
    said = {name: getattr(resource, name) for name in Details.__dataclass_fields__}
    return _named(Details(**said), topics, resource.file.name)


def _named(details: Details, topics: Iterable[Topic], file: str | None) -> str:
    """Name what is said; `file` is where it is kept, which no other file shares."""
    said = [str(value) for value in vars(details).values()]
    return concurrency.version(said, sorted(topic.pk for topic in topics), file or "")


def _is_kept(resource: Resource, upload: "UploadedFile") -> bool:
    """Whether the resource has this file already, under this name."""
    same = (resource.file_name, resource.file_size) == (upload.name, upload.size)
    if not same or not resource.file.storage.exists(resource.file.name or ""):
        return False
    upload.seek(0)
    with resource.file.open() as kept:
        is_same = all(kept.read(_PART) == part for part in iter(lambda: upload.read(_PART), b""))
    upload.seek(0)
    return is_same


def announce(resources: ResourceQuerySet) -> None:
    """Show what waited for its event to be announced, to whom each is for."""
    waiting = resources.filter(is_unannounced=True).order_by().values("pk")
    Resource.objects.filter(pk__in=waiting).update(is_unannounced=False)


@transaction.atomic
def remove(*, resource: Resource) -> None:
    """Take it away from everywhere and erase its file, and those before it."""
    names = [resource.file.name, *resource.versions.values_list("file", flat=True)]
    resource.delete()
    visitors.forget_pages()
    for name in names:
        transaction.on_commit(partial(_erase, resource, name))


@transaction.atomic
def forget(*, version: ResourceVersion) -> None:
    """Erase an earlier version."""
    name = version.file.name
    version.delete()
    transaction.on_commit(partial(_erase, version.resource, name))


@transaction.atomic
def describe(*, topic: Topic) -> None:
    """Keep other words or another place of a topic; no kept page shows the old ones."""
    topic.save(update_fields=["name", "description", "position"])
    visitors.forget_pages()


@transaction.atomic
def say_otherwise(*, topic: Topic, synonyms: Iterable[str]) -> None:
    """Keep these synonyms of a topic and no others."""
    texts = set(synonyms)
    topic.synonyms.exclude(text__in=texts).delete()
    rows = [Synonym(topic=topic, text=text) for text in sorted(texts)]
    Synonym.objects.bulk_create(rows, ignore_conflicts=True)
    visitors.forget_pages()


def note_download(*, resource: Resource, reader: User | AnonymousUser, now: datetime) -> None:
    """Write down who was given what is not open to everybody."""
    if reader.is_authenticated and resource.visibility != Resource.Visibility.PUBLIC:
        Download.objects.create(resource=resource, title=resource.title, person=reader, at=now)


def _version(resource: Resource, now: datetime) -> ResourceVersion:
    """Return what stands in the resource as a version of its own."""
    names = ("link", "file_name", "file_size")
    same = {name: getattr(resource, name) for name in names}
    file = resource.file.name or ""
    return ResourceVersion(resource=resource, replaced_at=now, file=file, **same)


@contextlib.contextmanager
def _stored(resource: Resource, upload: "UploadedFile | None") -> Iterator[None]:
    """Put the file on the disk, and take it off again when the rest does not succeed."""
    if upload is None:
        yield
        return
    taken = looked_into(upload)
    resource.file.save(str(taken.name), taken, save=False)
    resource.file_name, resource.file_size = str(taken.name), taken.size
    try:
        yield
    except BaseException:
        _erase(resource, resource.file.name)
        raise


def _erase(resource: Resource, name: str | None) -> None:
    if name:
        resource.file.storage.delete(name)
