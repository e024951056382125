"""What a person can show of a webinar that they attended."""

import secrets
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from webinars.models import Webinar


def make_code() -> str:
    """Return a code that nobody guesses: 128 bits."""
    return secrets.token_urlsafe(16)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everybody's for organisers; one's own for everybody else. A code shows more to nobody."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_organiser else self.filter(person=user)

    def standing(self) -> Self:
        """Those that have not been revoked."""
        return self.filter(revoked_at__isnull=True)

    def valid(self) -> Self:
        """Those that stand, of people who attended as it is known now."""
        came = {"person__attendances__webinar": F("webinar"), "person__attendances__attended": True}
        return self.standing().filter(**came)


class Certificate(models.Model):
    """A statement that somebody attended a webinar, in the words that held when it was made.

    It never changes: what proves wrong is revoked, and a new one takes its place.
    """

    code = models.CharField(max_length=32, unique=True, default=make_code)
    webinar = models.ForeignKey(Webinar, on_delete=models.CASCADE, related_name="certificates")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="certificates"
    )
    name = models.CharField(max_length=150)
    title = models.CharField(max_length=200)
    held_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=200, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webinar", "person"],
                condition=Q(revoked_at__isnull=True),
                name="one_standing_certificate_per_person",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_because="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_because="")),
                name="revoked_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.title}"

    def get_absolute_url(self) -> str:
        """Return the page on which anybody who has the code can verify it."""
        return reverse("records:certificate", args=[self.code])
