"""How widely the answers of a wave may be read, and how that was changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from surveys.models.fielding import Wave
from surveys.models.instrument import SharingLevel


class CapChange(models.Model):
    """An organiser changed the wave's widest level; rows are added and never changed."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="cap_changes")
    before = models.CharField(max_length=10, choices=SharingLevel)
    after = models.CharField(max_length=10, choices=SharingLevel)
    reason = models.TextField()
    narrowed = models.PositiveIntegerField()  # answers that became narrower with it
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="cap_change_has_a_reason"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="cap_change_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.after}"
