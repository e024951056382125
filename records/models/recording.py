"""The recording of a webinar, and what was said in it."""

import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import GeneratedField, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies import words
from agencies.models import reads_as_staff
from webinars.models import Consent, Presenter, Webinar


class RecordingQuerySet(models.QuerySet["Recording"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published ones of webinars that this person may see; all for organisers.

        One that is for agency staff is read by them and by facilitators, though the webinar was
        everybody's.
        """
        if user.is_authenticated and user.is_organiser:
            return self
        webinars = Webinar.objects.visible_to(user).filter(state=Webinar.State.PUBLISHED)
        found = self.published().filter(webinar__in=webinars)
        allowed = Q(audience=Recording.Audience.WEBINAR)
        return found.filter(allowed | reads_as_staff(user) if user.is_authenticated else allowed)

    def published(self) -> Self:
        """Those that are out; a speaker who does not agree any more takes effect at once."""
        refused = Presenter.objects.filter(consent=Consent.REFUSED).values("webinar")
        return self.filter(published_at__isnull=False).exclude(webinar__in=refused)


def _private_path(recording: "Recording", name: str) -> str:
    """Return a place whose name says nothing; only the kind of file stays."""
    return f"recordings/{uuid.uuid4().hex}{Path(name).suffix.lower()}"


class Recording(models.Model):
    """A file or link; it comes out with captions and the consent of all who speak."""

    class Audience(models.TextChoices):
        WEBINAR = "webinar", _("Everybody who may see the webinar")
        MEMBERS = "members", _("Agency staff and facilitators who may see the webinar")

    webinar = models.OneToOneField(Webinar, on_delete=models.CASCADE, related_name="recording")
    link = models.URLField(_("link"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to=_private_path, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_size = models.PositiveBigIntegerField(default=0)  # bytes
    audience = models.CharField(
        _("who may see it"), max_length=10, choices=Audience, default=Audience.WEBINAR
    )
    captions = models.TextField(blank=True)  # WebVTT, written by us
    has_own_transcript = models.BooleanField(default=False)  # uploaded, not made from captions
    length = models.PositiveIntegerField(default=0)  # seconds, to the end of the last caption
    chapters = models.JSONField(default=list, blank=True)  # [[seconds, title], …]
    consented_at = models.DateTimeField(null=True, blank=True)
    consented_by = models.ForeignKey(  # the organiser who confirmed it
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(link="") | Q(file=""), name="recording_is_link_or_file"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | (~Q(link="", file="") & ~Q(captions="") & Q(consented_at__isnull=False)),
                name="published_with_captions_and_consent",
            ),
        ]

    def __str__(self) -> str:
        return str(self.webinar)

    def get_absolute_url(self) -> str:
        """Return the page on which it plays."""
        return reverse("records:recording", args=[self.webinar.slug])

    def is_public(self) -> bool:
        """Whether everybody may see it."""
        everybody = self.webinar.visibility == Webinar.Visibility.PUBLIC
        is_out = bool(self.published_at) and not self.refusing()
        return is_out and everybody and self.audience == self.Audience.WEBINAR

    def missing(self) -> list[str]:
        """Return what is still to be done before it can come out, in words."""
        found = [] if self.link or self.file else [_("the recording itself, as a file or link")]
        found += [] if self.captions else [_("captions (WebVTT)")]
        return [*map(str, found), *self._missing_consent()]

    def refusing(self) -> list[Presenter]:
        """Return the presenters who do not agree: no confirmation outweighs theirs."""
        refused = Presenter.objects.filter(webinar=self.webinar, consent=Consent.REFUSED)
        return list(refused.order_by("position", "pk"))

    def is_agreed(self) -> bool:
        """Whether all presenters, of whom there are some, have agreed themselves."""
        presenters = Presenter.objects.filter(webinar=self.webinar)
        open_ = presenters.exclude(consent=Consent.GIVEN)
        return presenters.exists() and not open_.exists()

    def _missing_consent(self) -> list[str]:
        """Ask for everybody's consent: their own, or confirmed by an organiser; none refused."""
        if names := ", ".join(one.name for one in self.refusing()):
            return [str(_("the consent of %s, who does not agree") % names)]
        if self.consented_at is not None or self.is_agreed():
            return []
        return [str(_("the consent of everybody who speaks"))]


class Segment(models.Model):
    """A few sentences of what was said; with its moment, where captions tell it."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="segments")
    position = models.PositiveIntegerField()
    starts = models.PositiveIntegerField(null=True, blank=True)  # seconds
    speaker = models.CharField(max_length=150, blank=True)
    text = models.TextField()
    search = GeneratedField(
        expression=words.vector("text"),
        output_field=SearchVectorField(),
        db_persist=True,
        db_column="search_words",  # the column `search` is the release before's
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "position"], name="segments_in_order"),
        ]
        indexes = [GinIndex(fields=["search"], name="segment_search_words")]

    def __str__(self) -> str:
        return self.text[:80]
