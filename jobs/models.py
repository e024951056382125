"""Work that takes longer than a page may: asked for by one person, done by the worker."""

import uuid
from datetime import datetime
from pathlib import Path
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User


def _place(job: "Job", name: str) -> str:
    """Return a name on the disk that tells nothing."""
    return f"jobs/{uuid.uuid4().hex}{Path(name).suffix}"


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return one's own: what was made for one person is nobody else's."""
        return self.filter(person=user) if user.is_authenticated else self.none()

    def open(self) -> Self:
        """Return those that are not finished."""
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])

    def expired(self, now: datetime) -> Self:
        """Return those whose outcome is not kept any longer."""
        return self.filter(kept_until__lte=now)


class Job(models.Model):
    """One piece of such work: an export that is made, totals that are published."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("At work")
        DONE = "done", _("Done")
        FAILED = "failed", _("Not done")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="jobs")
    # Whether rights over others waited for a second factor when it was asked for.
    was_held_back = models.BooleanField(default=False)
    kind = models.CharField(max_length=60)
    about = models.JSONField(default=dict)  # what the kind needs to know, such as a wave's key
    title = models.CharField(max_length=300)
    back = models.CharField(max_length=300)  # the address of the page where it was asked for
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)  # of the worker that has it
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    kept_until = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)  # one sentence for the person
    # The address of the page that shows what came of it.
    page = models.CharField(max_length=300, blank=True, default="", db_default="")
    # What of the file the person might read when it was made; see kinds.Kind.
    seal = models.JSONField(default=dict, blank=True, db_default={})
    file = models.FileField(upload_to=_place, max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "about"],
                condition=Q(state__in=["waiting", "running"]),
                name="same_job_is_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state="running") ^ Q(lease_until__isnull=True),
                name="job_has_lease_exactly_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"])
                ^ Q(finished_at__isnull=True, kept_until__isnull=True),
                name="job_has_end_exactly_when_finished",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=["waiting", "running"]),
                name="job_line",
            ),
            models.Index(fields=["kept_until"], name="job_kept_until"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.person})"

    def get_absolute_url(self) -> str:
        """Return the page that shows how far it is."""
        return reverse("jobs:detail", args=[self.uid])

    @property
    def is_finished(self) -> bool:
        """Whether it has come to its end, good or bad."""
        return self.state in (self.State.DONE, self.State.FAILED)
