"""What the reports say of who was there, and what that comes to for each person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency
from events.attendance import Attendee
from records.models.certificate import Certificate
from webinars.models import Webinar


class AttendanceReport(models.Model):
    """One file that was read; it counts from the moment at which an organiser confirms it.

    The file itself is not kept: its fingerprint tells whether it comes a second time.
    """

    webinar = models.ForeignKey(
        Webinar, on_delete=models.CASCADE, related_name="attendance_reports"
    )
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    time_zone = models.CharField(max_length=40)  # whose clocks the file was read by
    ignored = models.JSONField(default=list)  # [[line, who, reason], …]
    read_at = models.DateTimeField()
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webinar", "sha256"], name="one_reading_per_file"),
        ]

    def __str__(self) -> str:
        return self.name


class ReportedPerson(models.Model):
    """One address in a report, or one name where no address is given."""

    class Standing(models.TextChoices):
        OPEN = "open", _("Nobody that the portal knows")
        MATCHED = "matched", _("Known by address")
        ASSIGNED = "assigned", _("Assigned by hand")
        UNIDENTIFIED = "unidentified", _("Counted as unidentified")
        HOST = "host", _("Ran the webinar")

    report = models.ForeignKey(AttendanceReport, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(max_length=300)
    email = models.CharField(max_length=320, blank=True)  # trimmed and lower-cased
    role = models.CharField(max_length=40, blank=True)
    stays = models.JSONField(default=list)  # [[joined, left], …], UTC
    cap = models.PositiveIntegerField(null=True)  # seconds; see events.attendance
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reported",
    )
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.OPEN)

    class Meta:
        indexes = [models.Index(fields=["report", "standing"], name="reported_standing")]

    def __str__(self) -> str:
        return self.name or self.email

    def attendee(self) -> Attendee:
        """Return what the report says of them."""
        stays = [(_moment(joined), _moment(left)) for joined, left in self.stays]
        return Attendee(self.name, self.email, self.role, stays, cap=self.cap)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everybody's for organisers; one's own for everybody else."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_organiser else self.filter(person=user)

    def attended(self) -> Self:
        """Of those who came, as the rule or an organiser says."""
        return self.filter(attended=True)

    def by_name(self) -> Self:
        """By the person's name, with the agency at that time."""
        return self.select_related("person", "agency").order_by("person__name", "pk")

    def with_certificates(self) -> Self:
        """With the webinar, the agency at that time, and the code of the standing certificate."""
        standing = Certificate.objects.standing().filter(
            webinar=OuterRef("webinar"), person=OuterRef("person")
        )
        rows = self.select_related("webinar", "agency").prefetch_related("webinar__topics")
        return rows.annotate(code=Subquery(standing.values("code")[:1]))

    def with_topics(self) -> Self:
        """With the person, and the webinar with its topics; by name, then by day."""
        rows = self.select_related("webinar", "person").prefetch_related("webinar__topics")
        return rows.order_by("person__name", "person", "webinar__held_on", "pk")

    def in_agencies(self, agencies: Iterable[Agency] | Any) -> Self:
        """Of people who belonged to these agencies at that time."""
        return self.filter(agency__in=agencies)


class Attendance(models.Model):
    """How long one person was at one webinar, and whether that is having attended."""

    webinar = models.ForeignKey(Webinar, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attendances"
    )
    # Where the person worked when the webinar began: a change of agency takes nothing along.
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="attendances"
    )
    measured = models.PositiveIntegerField(default=0)  # seconds in the scheduled time, by reports
    seconds = models.PositiveIntegerField(default=0)  # that count: as measured, or as decided
    attended = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)  # by hand, over what was measured
    reason = models.CharField(max_length=300, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webinar", "person"], name="one_attendance_per_person"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, reason="")
                | (Q(decided_at__isnull=False) & ~Q(reason="")),
                name="decided_by_hand_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "attended"], name="attendance_of_person"),
            models.Index(fields=["agency", "attended"], name="attendance_of_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.webinar}"

    @property
    def minutes(self) -> int:
        """The whole minutes that count."""
        return round(self.seconds / 60)

    @property
    def measured_minutes(self) -> int:
        """The whole minutes that the reports give."""
        return round(self.measured / 60)
