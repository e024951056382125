"""Give to get: whose named answers are read by those only who have answered themselves."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from agencies.models import Membership
from surveys.models.fielding import Wave
from surveys.models.instrument import READ_BY_MEMBERS, Section


class MutualSectionQuerySet(models.QuerySet["MutualSection"]):
    def unmet_by(self, user: User | AnonymousUser) -> Self:
        """Those of which none of this member's agencies has handed in what other agencies read.

        Zero, "we do not track this" and "not our power" are answers; one that does not apply, or
        that is kept or only counted, gives nothing. Organisers owe nothing, and
        who belongs to no agency reads no members' answers anyway.
        """
        if not user.is_authenticated or user.is_organiser:
            return self.none()
        mine = Membership.objects.active().filter(person=user)
        given = Wave.agencies.through.objects.filter(
            Q(answers__value__isnull=False) | ~Q(answers__not_reported=""),
            wave=OuterRef("wave"),
            state="submitted",
            agency__in=mine.values("agency"),
            answers__question__section=OuterRef("section"),
            answers__applies=True,
            answers__readable_as__in=READ_BY_MEMBERS,
        )
        return self.filter(Exists(mine), ~Exists(given))


class MutualSection(models.Model):
    """A section of a wave in which organisers ask agencies to give before they get."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="mutual_sections")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="+")

    objects = MutualSectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "section"], name="one_mutual_section_each"),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.section_id}"
