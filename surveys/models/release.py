"""What was published of a wave: frozen figures, and the answers that they count."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from surveys.models.fielding import Wave
from surveys.models.instrument import Question
from surveys.models.response import AnswerRevision


class Release(models.Model):
    """The figures of a wave as they were published at one moment; they never change."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()
    # The wave before, with whose answers the panel's figures were made of agencies in both.
    earlier = models.ForeignKey(
        Wave, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # How many agencies had handed in, by group: what a figure's number is "of".
    handed_in = models.JSONField(default=dict, blank=True, db_default={})
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "number"], name="one_release_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: release {self.number}"


class Figure(models.Model):
    """One question, or one choice or row of it, over one group of agencies; or that it is hidden.

    A hidden figure keeps nothing that tells why. `counted` are the answers behind a shown one:
    the audit needs them, no page shows them.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="figures")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=80, blank=True)  # a choice or a row; blank: the question
    # "level:city"; blank: all agencies. "panel": those that also answered in the earlier wave,
    # "panel-before": what they said then.
    group = models.CharField(max_length=30, blank=True)
    number = models.PositiveIntegerField(null=True)  # of agencies
    shown = models.JSONField(null=True)  # {"shares": {value: percent}} or {"median", "low", "high"}
    counted = models.ManyToManyField(AnswerRevision, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "question", "part", "group"], name="one_figure_each"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, shown__isnull=True)
                | Q(number__isnull=False, shown__isnull=False),
                name="hidden_figure_tells_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.part} {self.group}"
