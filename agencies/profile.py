"""What an agency says about itself, and how we say what is on record of it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import concurrency, visitors
from agencies.models import Agency, EmailDomain

POPULATION = {  # the bands of the directory's source
    "under_50k": _("under 50,000"),
    "50k_250k": _("50,000 to 250,000"),
    "250k_1m": _("250,000 to 1 million"),
    "1m_5m": _("1 to 5 million"),
    "5m_10m": _("5 to 10 million"),
    "over_10m": _("over 10 million"),
}


def population(agency: Agency) -> str:
    """Say how many people live where the agency enforces; "" where it is not known."""
    return str(POPULATION.get(agency.population_band, ""))


OWN_WORDS = ("about", "join_policy")
NOTES = ("note", "internal_note")


def version(agency: Agency, names: Iterable[str]) -> str:
    """Return what tells these words of the agency from others; OWN_WORDS or NOTES."""
    return concurrency.version([getattr(agency, name) for name in names])


def update(*, agency: Agency, about: str, join_policy: str, seen: str = "") -> Agency:
    """Keep the agency's own words and how people join it.

    `seen` is the version that was read. Raises ChangedMeanwhile.
    """
    return _keep(agency, {"about": about, "join_policy": join_policy}, seen)


def keep_notes(*, agency: Agency, note: str, internal_note: str, seen: str = "") -> Agency:
    """Keep the note that everybody reads, and the one for organizers alone, as update does."""
    return _keep(agency, {"note": note, "internal_note": internal_note}, seen)


def publish_note(*, agency: Agency, note: str, internal_note: str, seen: str = "") -> Agency:
    """Put the internal note below the public one; none is internal any more."""
    both = "\n".join(text for text in (note, internal_note) if text)
    return keep_notes(agency=agency, note=both, internal_note="", seen=seen)


@transaction.atomic
def _keep(agency: Agency, words: dict[str, str], seen: str) -> Agency:
    held = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency.pk)
    there = version(held, words)
    for name, text in words.items():
        setattr(held, name, text)
    concurrency.refuse_if_changed(seen=seen, there=there, wanted=version(held, words))
    held.save(update_fields=list(words))
    visitors.forget_pages()
    return held


@transaction.atomic
def enter(*, agency: Agency) -> None:
    """Keep a new or corrected entry of the directory; no kept page shows the old one."""
    agency.save()
    visitors.forget_pages()


@transaction.atomic
def own_domains(*, kept: Iterable[EmailDomain], gone: Iterable[EmailDomain]) -> None:
    """Keep these mail domains and let those go; members who came by one stay until they move."""
    for domain in gone:
        domain.delete()
    for domain in kept:
        domain.save()
