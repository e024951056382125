"""How the people of one agency share a response: who has which section, and what they discuss."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from surveys.models.instrument import Question, Section
from surveys.models.response import Response


class SectionWork(models.Model):
    """One section of a response: whose it is, and whether a reviewer has agreed to it.

    There is none for a section that nobody was given and nobody has called ready.
    """

    class Stage(models.TextChoices):
        OPEN = "open", _("In progress")
        READY = "ready", _("Ready for sign-off")
        SIGNED_OFF = "signed_off", _("Signed off")
        RETURNED = "returned", _("Returned")

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="works")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)  # what the coordinator asks of the owner
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.OPEN)
    staged_at = models.DateTimeField(null=True, blank=True)
    staged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    readied_by = models.ForeignKey(  # who is told when it is returned and has no owner
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)  # why it was returned
    # What the reviewer saw, as teamwork.edition() says it: a sign-off holds for that only.
    agreed = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "section"], name="one_row_of_work_per_section"
            ),
            models.CheckConstraint(
                condition=Q(stage="open") | Q(staged_at__isnull=False),
                name="a_stage_was_reached_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(stage="signed_off") | ~Q(agreed=""),
                name="signed_off_is_what_was_seen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}: section {self.section_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the agencies that have approved this person, organiser or not."""
        return self.filter(response__in=Response.objects.answered_by(user))

    def unresolved(self) -> Self:
        """Those that wait for somebody."""
        return self.filter(resolved_at=None)


class Comment(models.Model):
    """What somebody says to colleagues about one answer; nobody outside the agency reads it."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="comments")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    operation = models.UUIDField()  # a form that is sent again says it once
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    said_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
            models.UniqueConstraint(
                fields=["response", "question", "operation"], name="one_comment_per_press"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}: {self.question_id}"
