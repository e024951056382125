"""Delete a session that was never announced, with everything that was prepared for it."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import ngettext

from accounts.models import User
from library import keeping
from library.models import Resource
from sessions.models import PracticeSession


class WasAnnounced(Exception):
    """People were told of it: it can be called off, and they are told so."""


@dataclass(frozen=True)
class Contents:
    """What goes with a draft, in words, and the materials that stay in the library."""

    goes: list[str]
    stays: list[Resource]


def contents(session: PracticeSession, by: User) -> Contents:
    """Return what its deletion by this person takes away. Raises WasAnnounced."""
    if session.is_announced:
        raise WasAnnounced
    files, parts = _files(session, by), session.agenda.count()
    agenda = ngettext("Agenda of %(number)s part", "Agenda of %(number)s parts", parts)
    goes = [agenda % {"number": parts}] if parts else []
    seen = session.resources.visible_to(by).exclude(pk__in=[file.pk for file in files])
    return Contents(goes + [file.title for file in files], list(seen.order_by("title", "pk")))


@transaction.atomic
def delete(*, session: PracticeSession, by: User) -> None:
    """Delete it; nobody is told. Twice deletes once.

    Raises WasAnnounced, also if somebody published it a moment ago.
    """
    held = PracticeSession.objects.select_for_update(of=("self",)).filter(pk=session.pk).first()
    if held is None:
        return
    if held.is_announced:
        raise WasAnnounced
    files = _files(held, by)
    held.delete()
    for file in files:
        keeping.remove(resource=file)


def _files(session: PracticeSession, by: User) -> list[Resource]:
    """Return what was added for this draft alone, as far as this person keeps it."""
    others = PracticeSession.resources.through.objects.exclude(practicesession=session)
    mine = session.resources.kept_by(by).filter(is_unannounced=True, webinars__isnull=True)
    return list(mine.exclude(pk__in=others.values("resource")).order_by("title", "pk"))
