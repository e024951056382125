"""One fielding of a survey: who is asked, from when to when."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency, Membership
from surveys.models.instrument import Survey


class WaveQuerySet(models.QuerySet["Wave"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Waves that one of this person's agencies is asked in; all of them for organisers."""
        if not user.is_authenticated:
            return self.none()
        if user.is_organiser:
            return self
        mine = Membership.objects.active().filter(person=user).values("agency")
        return self.filter(fielded_at__isnull=False, responses__agency__in=mine).distinct()


class Wave(models.Model):
    """One fielding: agencies are asked by having a Response in it."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="waves")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/New_York")
    fielded_at = models.DateTimeField(null=True, blank=True)
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
