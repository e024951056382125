"""Who speaks at a webinar, and what is still open with them."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from events.leads import Lead
from library.models import Resource
from webinars.models.registration import Registration
from webinars.models.webinar import Webinar


class Consent(models.TextChoices):
    """Whether somebody agrees to be recorded."""

    NOT_ASKED = "not_asked", _("Not asked yet")
    ASKED = "asked", _("Asked, no answer yet")
    GIVEN = "given", _("Agrees to the recording")
    REFUSED = "refused", _("Does not agree to the recording")


ANSWERED = (Consent.GIVEN, Consent.REFUSED)


class PresenterQuerySet(models.QuerySet["Presenter"]):
    def in_order(self) -> Self:
        """As the webinar's page names them, with their agencies and slides."""
        return self.select_related("agency", "slides").order_by("position", "pk")

    def with_something_open(self) -> Self:
        """Those who can be written to and who have not answered or brought everything."""
        is_open = Q(slides_at__isnull=True) | Q(accessible_at__isnull=True)
        return self.filter(is_open | ~Q(consent__in=ANSWERED)).exclude(email="")

    def without_place(self) -> Self:
        """Those who can be written to and have no place as well: the others hear by that."""
        place = Registration.objects.current().filter(
            webinar=OuterRef("webinar"), person__email=Lower(OuterRef("email"))
        )
        return self.exclude(email="").filter(~Exists(place))

    def to_remind(self, now: datetime, lead: Lead) -> Self:
        """Those who are owed this reminder now: of a draft nobody is told by the clock."""
        return (
            self.with_something_open()
            .filter(
                webinar__state=Webinar.State.PUBLISHED,
                webinar__starts_at__lte=now + lead.before,
                webinar__starts_at__gt=now + lead.until,
            )
            .order_by("pk")
        )


class Presenter(models.Model):
    """Somebody who speaks at a webinar."""

    webinar = models.ForeignKey(Webinar, on_delete=models.CASCADE, related_name="presenters")
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("title"), max_length=200, blank=True)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="presenters"
    )
    position = models.PositiveSmallIntegerField(default=0)
    biography = models.TextField(_("biography"), blank=True, default="", db_default="")
    email = models.EmailField(_("e-mail address"), blank=True, default="", db_default="")
    # The personal link is made of it (webinars.speaker_links); a new one ends the old link.
    key = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    consent = models.CharField(
        max_length=10, choices=Consent, default=Consent.NOT_ASKED, db_default="not_asked"
    )
    consent_at = models.DateTimeField(null=True, blank=True, editable=False)  # asked or answered
    slides_at = models.DateTimeField(null=True, blank=True, editable=False)
    accessible_at = models.DateTimeField(null=True, blank=True, editable=False)
    slides_url = models.URLField(
        _("link to the slides"), max_length=500, blank=True, default="", db_default=""
    )
    slides = models.ForeignKey(  # the file that they brought last
        Resource, on_delete=models.SET_NULL, null=True, blank=True, related_name="brought_by"
    )

    objects = PresenterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(consent="not_asked", consent_at__isnull=True)
                | (~Q(consent="not_asked") & Q(consent_at__isnull=False)),
                name="consent_at_exactly_when_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        """Whether nothing is open: slides in, accessible, and an answer about the recording."""
        return bool(self.slides_at and self.accessible_at and self.consent in ANSWERED)
