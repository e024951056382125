"""One fielding of a survey: who is asked, from when to when."""

from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency, Membership
from surveys.models.instrument import SharingLevel, Survey


class WaveQuerySet(models.QuerySet["Wave"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Waves that one of this person's agencies is asked in; all of them for organisers."""
        if not user.is_authenticated:
            return self.none()
        if user.is_organiser:
            return self
        mine = Membership.objects.active().filter(person=user).values("agency")
        asked = Wave.agencies.through.objects.filter(agency__in=mine)
        return self.filter(fielded_at__isnull=False, pk__in=asked.values("wave"))

    def with_findings_for(self, user: User | AnonymousUser) -> Self:
        """Waves with published totals or a named answer to read; all fielded for organisers.

        Who is asked to give first finds the wave as well, to learn how to get.
        """
        fielded = self.filter(fielded_at__isnull=False)
        if user.is_authenticated and user.is_organiser:
            return fielded
        responses = Wave.agencies.through.objects.filter(wave=OuterRef("pk"))
        published = Wave.objects.filter(releases__isnull=False)
        owing = responses.answered_by(user).filter(wave__mutual_sections__isnull=False)
        return fielded.filter(
            Q(pk__in=published.values("pk")) | Exists(responses.named_to(user)) | Exists(owing)
        )

    def newest_first(self) -> Self:
        """The one that closes last comes first."""
        return self.order_by("-closes_at", "-pk")

    def with_counts(self) -> Self:
        """Add how many agencies are `asked`, have `opened`, `started` and `submitted`."""
        asked = Wave.agencies.through.objects.filter(wave=OuterRef("pk")).order_by()
        return self.annotate(
            asked=_counted(asked),
            opened=_counted(asked.filter(opened_at__isnull=False)),
            started=_counted(asked.filter(state="draft", answers__isnull=False)),
            submitted=_counted(asked.filter(state="submitted")),
        )

    def taking_answers(self, now: datetime) -> Self:
        """Fielded, open and not closed yet at `now`."""
        return self.filter(fielded_at__isnull=False, opens_at__lte=now, closes_at__gt=now)


def _counted(asked: models.QuerySet[Any]) -> Coalesce:
    number = asked.values("wave").annotate(number=Count("pk", distinct=True)).values("number")
    return Coalesce(Subquery(number), 0)


class Wave(models.Model):
    """One fielding: agencies are asked by having a Response in it."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="waves")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/New_York")
    fielded_at = models.DateTimeField(null=True, blank=True)
    # No answer is read more widely; a trigger of the table of answers refuses any that would be.
    widest_sharing = models.CharField(
        _("widest sharing level"),
        max_length=10,
        choices=SharingLevel,
        default=SharingLevel.PUBLIC,
        db_default=SharingLevel.PUBLIC,
    )
    agencies = models.ManyToManyField(Agency, through="surveys.Response", related_name="waves")
    is_demo = models.BooleanField(default=False, editable=False)

    objects = WaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="wave_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page on which one's own agency answers."""
        return reverse("surveys:respond", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        """The organizers' time zone."""
        return ZoneInfo(self.time_zone)

    def is_open(self, now: datetime) -> bool:
        """Whether answers are taken at `now`."""
        return self.fielded_at is not None and self.opens_at <= now < self.closes_at


class Invitation(models.Model):
    """A person asked to answer a wave for an agency."""

    response = models.ForeignKey(
        "surveys.Response", on_delete=models.CASCADE, related_name="invitations"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="survey_invitations"
    )
    invited_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "person"], name="one_survey_invitation_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.response}"
