"""What was published of a wave: frozen figures, the answers they count, and what was withdrawn."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.fielding import Wave
from surveys.models.instrument import Question
from surveys.models.response import AnswerRevision


class ReleaseQuerySet(models.QuerySet["Release"]):
    def standing(self) -> Self:
        """Leave out the releases that were withdrawn as a whole."""
        return self.exclude(withdrawals__scope=Withdrawal.Scope.RELEASE)


class Release(models.Model):
    """The figures of a wave as they were published at one moment; they are only withdrawn."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()
    # The wave before, with whose answers the panel's figures were made of agencies in both.
    earlier = models.ForeignKey(
        Wave, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # How many agencies had handed in, by group: what a figure's number is "of".
    handed_in = models.JSONField(default=dict, blank=True, db_default={})
    # What agencies said then, shown or hidden alike; of the wave before, what those said that are
    # in both. The next release compares with it; no page shows it.
    counted = models.ManyToManyField(AnswerRevision, related_name="+")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "number"], name="one_release_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: release {self.number}"


class Withdrawal(models.Model):
    """That an organiser withdrew something published: why, who and when. It stays as it is.

    A withdrawal is final. Its rows are the record of it: none is ever changed.
    """

    class Scope(models.TextChoices):
        RELEASE = "release", _("The whole release")
        QUESTION = "question", _("One question")
        FIGURE = "figure", _("One figure")

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="withdrawals")
    scope = models.CharField(max_length=10, choices=Scope)
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    part = models.CharField(max_length=80, blank=True)  # of a figure, as there
    group = models.CharField(max_length=30, blank=True)
    reason = models.TextField()  # everybody reads it
    internal_reason = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="release") ^ Q(question__isnull=False),
                name="question_unless_the_whole_release_is_withdrawn",
            ),
            models.UniqueConstraint(
                fields=["release"], condition=Q(scope="release"), name="one_withdrawal_per_release"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.scope} withdrawn"


class Audit(models.Model):
    """What the last attempt to take single agencies from a wave's published figures has found."""

    wave = models.OneToOneField(Wave, on_delete=models.CASCADE, related_name="audit")
    made_at = models.DateTimeField()
    found = models.JSONField(default=list, blank=True)  # written and read by alarms.py

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.made_at:%Y-%m-%d %H:%M}"


class FigureQuerySet(models.QuerySet["Figure"]):
    def shown(self) -> Self:
        """Leave out what is hidden, and what was withdrawn."""
        return self.filter(number__isnull=False)

    def alarming(self) -> Self:
        """Those shown from which the audit can tell what single agencies said."""
        return self.shown().filter(alarm_since__isnull=False)


class Figure(models.Model):
    """One question, or one choice or row of it, over one group of agencies; or that it is hidden.

    A hidden figure keeps nothing that tells why. `counted` are the answers behind one that is
    shown, or was until it was withdrawn: the audit needs them, no page shows them.
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
    # The earlier release from which it is kept, shown or hidden, as too few agencies have changed
    # anything behind it since; blank: it was made anew.
    as_of = models.ForeignKey(
        Release, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # A withdrawn figure says nothing more, but readers have seen it: `counted` stays.
    withdrawal = models.ForeignKey(
        Withdrawal, on_delete=models.SET_NULL, null=True, blank=True, related_name="figures"
    )
    # Since when the audit can tell what single agencies said from it; None: it cannot.
    alarm_since = models.DateTimeField(null=True, blank=True)

    objects = FigureQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(withdrawal__isnull=True) | Q(number__isnull=True),
                name="withdrawn_figure_tells_nothing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["release"], condition=Q(alarm_since__isnull=False), name="alarming_figure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.part} {self.group}"
