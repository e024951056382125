"""Let members read others' named answers of a section once their own agency has given some."""

from collections.abc import Collection

from django.db import transaction

from surveys.models import MutualSection, Section, Wave


@transaction.atomic
def choose(*, wave: Wave, sections: Collection[Section]) -> None:
    """Ask for give to get in just these sections of the wave's survey; it holds at once.

    A section of another survey is passed over.
    """
    wave = Wave.objects.select_for_update(of=("self",), no_key=True).get(pk=wave.pk)
    chosen = [section for section in sections if section.survey_id == wave.survey_id]
    wave.mutual_sections.exclude(section__in=chosen).delete()
    MutualSection.objects.bulk_create(
        (MutualSection(wave=wave, section=section) for section in chosen), ignore_conflicts=True
    )
