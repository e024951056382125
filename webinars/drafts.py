"""Delete a webinar that was never announced, with everything that was prepared for it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from library import keeping
from library.models import Resource
from notifications import outbox
from webinars import mailing_notices, notices, speaker_notices
from webinars.models import Consent, Webinar


class WasAnnounced(Exception):
    """People were told of it: it can be called off, and they are told so."""


@dataclass(frozen=True)
class Contents:
    """What goes with a draft, in words, and the materials that stay in the library."""

    goes: list[str]
    stays: list[Resource]


def contents(webinar: Webinar) -> Contents:
    """Return what its deletion takes away. Raises WasAnnounced."""
    if webinar.is_announced:
        raise WasAnnounced
    files = list(_files(webinar))
    asked = webinar.presenters.exclude(consent=Consent.NOT_ASKED).count()
    counts = (
        (webinar.presenters.count(), "%(number)s speaker", "%(number)s speakers"),
        (
            asked,
            "%(number)s speaker was asked by e-mail; nothing tells them that it is deleted",
            "%(number)s speakers were asked by e-mail; nothing tells them that it is deleted",
        ),
        (
            webinar.questions.count(),
            "%(number)s question for who registers",
            "%(number)s questions for who registers",
        ),
        (webinar.mailings.count(), "%(number)s draft message", "%(number)s draft messages"),
    )
    words = [ngettext(one, more, number) % {"number": number} for number, one, more in counts]
    goes = [said for said, (number, _one, _more) in zip(words, counts, strict=True) if number]
    goes += [file.title for file in files]
    return Contents(goes, list(webinar.resources.exclude(pk__in=[file.pk for file in files])))


@transaction.atomic
def delete(*, webinar: Webinar, now: datetime) -> None:
    """Delete it; nobody is told, and what speakers were owed is withdrawn. Twice deletes once.

    Raises WasAnnounced, also if somebody published it a moment ago.
    """
    held = Webinar.objects.select_for_update(of=("self",)).filter(pk=webinar.pk).first()
    if held is None:
        return
    if held.is_announced:
        raise WasAnnounced
    about = [speaker_notices.about(one) for one in held.presenters.all()]
    about += [mailing_notices.about(one) for one in held.mailings.all()]
    about += [notices.about(one) for one in held.registrations.all()]
    outbox.withdraw(*about, reason="the draft was deleted", now=now)
    files = list(_files(held))
    held.delete()
    for file in files:
        keeping.remove(resource=file)


def _files(webinar: Webinar) -> list[Resource]:
    """Return what was added for this draft alone."""
    others = Webinar.resources.through.objects.exclude(webinar=webinar).values("resource")
    mine = webinar.resources.filter(is_unannounced=True, practicesessions__isnull=True)
    return list(mine.exclude(pk__in=others).order_by("title", "pk"))
