"""What people are asked when they register, and what they need to take part."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from webinars.models.registration import Registration
from webinars.models.series import Series
from webinars.models.webinar import PlaceState, Webinar


class RegistrationQuestionQuerySet(models.QuerySet["RegistrationQuestion"]):
    def asked(self) -> "RegistrationQuestionQuerySet":
        """Those that are put to people, in order."""
        return self.filter(is_asked=True).order_by("position", "pk")


class RegistrationQuestion(models.Model):
    """One question of a webinar, or one with which a series' new webinars start."""

    class Kind(models.TextChoices):
        SHORT = "short", _("A line of text")
        LONG = "long", _("Several lines of text")
        ONE = "one", _("One of these")
        SEVERAL = "several", _("Any of these")
        YES_NO = "yes_no", _("Yes or no")

    webinar = models.ForeignKey(
        Webinar, on_delete=models.CASCADE, null=True, blank=True, related_name="questions"
    )
    series = models.ForeignKey(
        Series, on_delete=models.CASCADE, null=True, blank=True, related_name="questions"
    )
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("question"), max_length=300)
    kind = models.CharField(_("answered by"), max_length=10, choices=Kind, default=Kind.SHORT)
    choices = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)
    is_asked = models.BooleanField(_("asked"), default=True)
    shown_if = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="followed_by"
    )
    shown_if_answer = models.CharField(max_length=200, blank=True)

    objects = RegistrationQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(webinar__isnull=False, series__isnull=True)
                | Q(webinar__isnull=True, series__isnull=False),
                name="question_of_a_webinar_or_of_a_series",
            ),
            models.CheckConstraint(
                condition=(Q(shown_if__isnull=True) & Q(shown_if_answer=""))
                | (Q(shown_if__isnull=False) & ~Q(shown_if_answer="")),
                name="condition_names_question_and_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class RegistrationAnswer(models.Model):
    """What one person said to one question; several values where several may be chosen."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(
        RegistrationQuestion, on_delete=models.PROTECT, related_name="answers"
    )
    values = ArrayField(models.TextField())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "question"], name="one_answer_per_question_and_place"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.values)


class AccessNeedQuerySet(models.QuerySet["AccessNeed"]):
    def standing(self) -> "AccessNeedQuerySet":
        """Those of people who have not canceled; what is still to do comes first."""
        current = self.exclude(registration__state=PlaceState.CANCELLED)
        return current.order_by("-state", "asked_at", "pk")


class AccessNeed(models.Model):
    """What somebody needs to take part."""

    class Kind(models.TextChoices):
        SIGN_LANGUAGE = "asl", _("American Sign Language interpreter")
        CAPTIONS = "cart", _("Live captions by a captioner (CART)")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("To be arranged")
        ARRANGED = "arranged", _("Arranged")

    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="access_needs"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    how = models.CharField(max_length=500, blank=True, default="", db_default="")  # for the person
    arranged_at = models.DateTimeField(null=True, blank=True)
    arranged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="access_arranged",
    )

    objects = AccessNeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "kind"], name="one_need_of_each_kind_per_place"
            ),
            models.CheckConstraint(
                condition=Q(state="arranged", arranged_at__isnull=False)
                | (~Q(state="arranged") & Q(arranged_at__isnull=True)),
                name="arranged_at_exactly_when_arranged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.note}" if self.note else self.get_kind_display()
