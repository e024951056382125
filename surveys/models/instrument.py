"""The instrument: a survey, its sections, questions and choices."""

from collections.abc import Iterable
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from library.models import Topic


class SharingLevel(models.TextChoices):
    """Who sees an answer, from the fewest to everybody."""

    ORGANISERS = "organisers", _("Organizers only")
    COUNTED = "counted", _("Counted in totals only")
    MEMBERS = "members", _("Named to fellow agencies")
    PUBLIC = "public", _("Public")

    @classmethod
    def within(cls, widest: str) -> "list[SharingLevel]":
        """Return the levels that are no wider than this one, from the widest to the fewest."""
        levels = [*cls]
        return levels[levels.index(cls(widest)) :: -1]

    @classmethod
    def narrowest(cls, levels: Iterable[str]) -> "SharingLevel":
        """Return the one of these levels that the fewest read."""
        order = [*cls]
        return min(map(cls, levels), key=order.index)

    def at_most(self, widest: str) -> "SharingLevel":
        """Return this level, or the given one where that is narrower."""
        return self if self in SharingLevel.within(widest) else SharingLevel(widest)


def no_wider_than(field: str, other: str) -> Q:
    """Return the condition that one column of levels is no wider than another one."""
    allowed = (
        Q(**{other: level, f"{field}__in": SharingLevel.within(level)}) for level in SharingLevel
    )
    return Q(*allowed, _connector=Q.OR)


# The levels at which everybody, and staff of member agencies, read an answer by its agency's name.
READ_BY_ALL = frozenset({SharingLevel.PUBLIC})
READ_BY_MEMBERS = READ_BY_ALL | {SharingLevel.MEMBERS}


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All of them for organisers; others meet a survey in a wave."""
        return self if user.is_authenticated and user.is_organiser else self.none()

    def by_title(self) -> Self:
        """In the order of their titles, the newest version of each first."""
        return self.order_by("title", "key", "-pk")

    def with_counts(self) -> Self:
        """Add how many questions and waves each has."""
        return self.annotate(
            asked=Count("questions", distinct=True), fielded=Count("waves", distinct=True)
        )


class Survey(models.Model):
    """An instrument in one version; frozen once it has been fielded."""

    key = models.SlugField(max_length=80)
    version = models.CharField(max_length=20)
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(blank=True)
    public_records_note = models.TextField(blank=True)
    definitions = models.JSONField(default=list, blank=True)  # [{"id", "term", "definition"}]
    not_reported = models.JSONField(default=list, blank=True)  # [{"value", "label"}]
    frozen_at = models.DateTimeField(null=True, blank=True)
    previous = models.ForeignKey(  # the version that this one was made from
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="later"
    )
    revision = models.PositiveIntegerField(
        default=1, db_default=1
    )  # of its words, not of its questions
    is_demo = models.BooleanField(default=False, editable=False)
    # Of the page on which an import was looked at: a repeated press is known by it.
    operation = models.UUIDField(null=True, unique=True, editable=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="one_survey_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    def get_absolute_url(self) -> str:
        """Return the organizers' page on which it is built."""
        return reverse("surveys:manage-survey", args=[self.key, self.version])


class Section(models.Model):
    """A part of a survey that one colleague can take on."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="sections")
    key = models.SlugField(max_length=80)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()
    # Where it is found; no part of the wording, so that it may change after fielding.
    topics = models.ManyToManyField(Topic, blank=True, related_name="survey_sections")
    revision = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "key"], name="one_section_per_key"),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """One thing asked; its key stays the same from version to version while its meaning does."""

    class Better(models.TextChoices):
        HIGHER = "higher", _("The higher the better")
        LOWER = "lower", _("The lower the better")

    class Type(models.TextChoices):
        SINGLE_CHOICE = "single_choice", _("One choice")
        MULTIPLE_CHOICE = "multiple_choice", _("Several choices")
        YES_NO_IN_PROGRESS = "yes_no_in_progress", _("Yes, no or in progress")
        SCALE = "scale", _("Scale")
        NUMBER = "number", _("Number")
        PERCENTAGE = "percentage", _("Percentage")
        CURRENCY = "currency", _("Amount of money")
        YEAR = "year", _("Year")
        DATE = "date", _("Date")
        MATRIX = "matrix", _("Table of choices")
        RANKING = "ranking", _("Ranking")
        SHORT_TEXT = "short_text", _("Short text")
        LONG_TEXT = "long_text", _("Long text")
        FILE = "file", _("Files")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()  # within the section
    type = models.CharField(max_length=20, choices=Type)
    label = models.CharField(_("question"), max_length=500)
    help = models.TextField(blank=True)
    is_required = models.BooleanField(default=False)
    unit = models.CharField(max_length=40, blank=True)
    allows_not_reported = models.BooleanField(default=False)
    # min, max, decimals, max_length, min_selected, max_ranked, accept, max_mb, max_files
    limits = models.JSONField(default=dict, blank=True)
    show_if = models.JSONField(
        null=True, blank=True
    )  # {"all": [{"question", "operator", "value"}]}
    # The questions that decide whether this one applies, also through others. A trigger on this
    # table keeps them as the conditions say.
    rests_on = models.ManyToManyField(
        "self", symmetrical=False, related_name="follow_ups", editable=False
    )
    terms = models.JSONField(default=list, blank=True)  # ids of definitions
    choice_list = models.CharField(max_length=40, blank=True)  # the shared list it came from
    default_sharing = models.CharField(max_length=10, choices=SharingLevel)
    compare = models.CharField(max_length=30, blank=True)  # how findings show it
    # Which way is better, where one is: only then a trend is called better or worse.
    better = models.CharField(max_length=6, choices=Better, blank=True, default="", db_default="")
    # Whether answers can be compared with those to the version before: what organisers say of a
    # changed wording. None: not said, or nothing to compare with.
    is_comparable = models.BooleanField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, db_default=1)

    # Of the wave that asks, once it has been lent; a questionnaire by itself sets no bound.
    widest_sharing: str = SharingLevel.PUBLIC

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "key"], name="one_question_per_key"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def begins_at(self) -> SharingLevel:
        """Who may see an answer to begin with: the question's own level, or the wave's widest."""
        return SharingLevel(self.default_sharing).at_most(self.widest_sharing)


class Choice(models.Model):
    """One value to choose; in a matrix also one row."""

    class Axis(models.TextChoices):
        OPTION = "option", _("Choice")
        ROW = "row", _("Row")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    axis = models.CharField(max_length=6, choices=Axis, default=Axis.OPTION)
    value = models.CharField(max_length=80)
    label = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField()
    is_exclusive = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "axis", "value"], name="one_choice_per_value"
            ),
            models.CheckConstraint(
                condition=Q(is_exclusive=False) | Q(axis="option"), name="rows_are_not_exclusive"
            ),
        ]

    def __str__(self) -> str:
        return self.label
