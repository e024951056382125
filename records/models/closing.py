"""How a webinar is closed."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from webinars.models import Webinar

DEFAULT_NEEDED = 50


class Closing(models.Model):
    """What an organiser decides of a webinar that is over; without a row the defaults hold."""

    class Unit(models.TextChoices):
        PERCENT = "percent", _("percent of the scheduled time")
        MINUTES = "minutes", _("minutes of the scheduled time")

    webinar = models.OneToOneField(Webinar, on_delete=models.CASCADE, related_name="closing")
    # How long somebody must have been there to have attended.
    needed = models.PositiveSmallIntegerField(
        _("at least"),
        default=DEFAULT_NEEDED,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    unit = models.CharField(_("of what"), max_length=8, choices=Unit, default=Unit.PERCENT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(needed__gte=1)
                & (Q(unit="percent", needed__lte=100) | Q(unit="minutes", needed__lte=720)),
                name="needed_is_within_its_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webinar}: {self.needed} {self.get_unit_display()}"

    def needed_seconds(self, scheduled: timedelta) -> int:
        """Return how long somebody must have been at a webinar of this length to have attended."""
        if self.unit == self.Unit.MINUTES:
            return self.needed * 60
        return int(scheduled.total_seconds() * self.needed / 100)
