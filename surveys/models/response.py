"""What one agency answers in one wave."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency, Membership
from surveys.models.fielding import Wave
from surveys.models.instrument import Question, SharingLevel


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The responses of this person's agencies; all of them for organisers."""
        if not user.is_authenticated:
            return self.none()
        if user.is_organiser:
            return self
        mine = Membership.objects.active().filter(person=user).values("agency")
        return self.filter(agency__in=mine, wave__fielded_at__isnull=False)


class Response(models.Model):
    """One agency's answers in one wave, worked on by several colleagues."""

    class State(models.TextChoices):
        DRAFT = "draft", _("In progress")
        SUBMITTED = "submitted", _("Submitted")

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="responses")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="responses")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    opened_at = models.DateTimeField(null=True, blank=True)  # when somebody first looked
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "agency"], name="one_response_per_agency"),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False)
                | (~Q(state="submitted") & Q(submitted_at__isnull=True)),
                name="submitted_at_exactly_when_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.wave}"


class Answer(models.Model):
    """One question's value in a response; `revision` grows by one with each change."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField(null=True, blank=True)
    not_reported = models.CharField(max_length=30, blank=True)  # a value in its own right
    sharing = models.CharField(max_length=10, choices=SharingLevel)
    revision = models.PositiveIntegerField(default=1)
    last_operation = models.UUIDField(null=True, blank=True)  # a repeated save is known by it
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="one_answer_each"),
        ]

    def __str__(self) -> str:
        return f"{self.response}: {self.question.key}"
