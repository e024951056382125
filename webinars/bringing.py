"""Take the slides that a speaker brings; organisers look at them before anybody else does."""

import hashlib
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from library import keeping
from library.keeping import Details
from library.models import Resource
from library.uploads import Refused, Taken, UploadedFile
from webinars.models import Presenter

KINDS = (".pdf", ".pptx", ".odp")
MOST = 10  # files in one material


def checked(upload: UploadedFile) -> Taken:
    """Return a file that can be brought, or raise uploads.Refused."""
    return keeping.looked_into(upload, kinds=KINDS)


@transaction.atomic
def bring(*, presenter: Presenter, upload: UploadedFile, now: datetime) -> None:
    """Keep the slides with the webinar, for organisers only, and tick them off.

    A newer file takes the place of one that is not shown yet, and stands beside one that is. The
    same file again changes nothing. Raises uploads.Refused.
    """
    presenter = Presenter.objects.select_for_update(of=("self",)).get(pk=presenter.pk)
    upload = checked(upload)
    kept = presenter.slides
    if kept is None or kept.visibility != Resource.Visibility.ORGANISERS:
        presenter.slides = _add(presenter, upload, now)
    elif _is_same(kept, upload):
        return
    elif kept.versions.count() + 1 >= MOST:
        raise Refused(_("You have sent so many files already. Write to the organizers instead."))
    else:
        details = Details(**{name: getattr(kept, name) for name in Details.__dataclass_fields__})
        topics = list(kept.topics.all())
        keeping.change(resource=kept, details=details, topics=topics, upload=upload, now=now)
    presenter.slides_at = now
    presenter.save()


def _add(presenter: Presenter, upload: UploadedFile, now: datetime) -> Resource:
    webinar = presenter.webinar
    said = {"name": presenter.name, "title": webinar.title}
    details = Details(
        title=(_("Slides of %(name)s: %(title)s") % said)[:200],
        kind=Resource.Kind.SLIDES,
        link="",
        visibility=Resource.Visibility.ORGANISERS,
        community=None,
    )
    topics = list(webinar.topics.all())
    resource = keeping.add(
        uid=uuid4(),
        details=details,
        topics=topics,
        upload=upload,
        by=None,
        now=now,
        is_unannounced=not webinar.is_announced,
    )
    if webinar.is_demo:
        resource.is_demo = True
        resource.save(update_fields=["is_demo"])
    webinar.resources.add(resource)
    return resource


def _is_same(kept: Resource, upload: UploadedFile) -> bool:
    """Whether the file says what the kept one says, as after a second press."""
    if kept.file_size != upload.size:
        return False
    with kept.file.open("rb") as before:
        sums = [hashlib.file_digest(file, "sha256").digest() for file in (before, upload)]
    upload.seek(0)
    return sums[0] == sums[1]
