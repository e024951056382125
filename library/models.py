"""What the community keeps: topics, and the files and links kept under them."""

import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency, Community, reads_as_staff


class Topic(models.Model):
    """A subject that the community works on; everything else hangs on topics."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    source_text = models.TextField(_("wording of the source"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the topic's page."""
        return reverse("topics:detail", args=[self.slug])


class Synonym(models.Model):
    """Other words for a topic: whoever searches for them finds what hangs on it."""

    LONGEST = 100  # characters

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="synonyms")
    text = models.CharField(max_length=LONGEST)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "text"], name="synonym_once_per_topic"),
        ]

    def __str__(self) -> str:
        return self.text


class Programme(models.Model):
    """What is known of a year's programme as a whole, as its source words it."""

    year = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=200)
    partner = models.CharField(max_length=200, blank=True)
    # A count can be known as a range only; it is kept as it is known.
    participants_low = models.PositiveIntegerField(null=True, blank=True)
    participants_high = models.PositiveIntegerField(null=True, blank=True)
    participants_source = models.TextField(blank=True)
    webinars_source = models.TextField(blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(participants_low__isnull=True, participants_high__isnull=True)
                | Q(participants_low__lte=F("participants_high")),
                name="participants_as_a_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.year}"


class NamedPlace(models.Model):
    """A place whose agency a program's record names, in the record's own words."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="named_places")
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    source_text = models.TextField(blank=True)
    # The agency that does this work there now, where that is known: the record names none.
    agency_today = models.ForeignKey(
        Agency, on_delete=models.SET_NULL, null=True, blank=True, related_name="named_places"
    )
    communities = models.ManyToManyField(Community, related_name="named_places", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="place_named_once_a_year"),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceQuerySet(models.QuerySet["Resource"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public ones for everybody, members' for staff and facilitators, closed ones inside.

        Organisers see all, and they alone what is for organisers only. What was added for a draft
        is seen, until its event is announced, by those alone who run the event.
        """
        if user.is_authenticated and user.is_organiser:
            return self
        allowed, announced = Q(visibility=Resource.Visibility.PUBLIC), Q(is_unannounced=False)
        if user.is_authenticated:
            announced |= Q(community__in=Community.objects.run_by(user))
            allowed |= Q(reads_as_staff(user), visibility=Resource.Visibility.MEMBERS)
            allowed |= Q(
                visibility=Resource.Visibility.COMMUNITY,
                community__in=Community.objects.open_to(user),
            )
        return self.filter(announced, allowed)

    def kept_by(self, user: User | AnonymousUser) -> Self:
        """Resources that this person changes: all for organisers, else of the own communities."""
        if user.is_authenticated and user.is_organiser:
            return self
        return self.filter(community__in=Community.objects.run_by(user))


def _private_path(resource: "Resource", name: str) -> str:
    """Return a place whose name says nothing; only the kind of file stays."""
    return f"resources/{uuid.uuid4().hex}{Path(name).suffix.lower()}"


class Resource(models.Model):
    """A file or link kept under subjects."""

    class Kind(models.TextChoices):
        SLIDES = "slides", _("Slides")
        RECORDING = "recording", _("Recording")
        TRANSCRIPT = "transcript", _("Transcript")
        SUMMARY = "summary", _("Summary")
        TEMPLATE = "template", _("Template")
        ORDINANCE = "ordinance", _("Ordinance")
        TOOLKIT = "toolkit", _("Toolkit")
        OTHER = "other", _("Other")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everyone")
        MEMBERS = "members", _("Agency staff and facilitators")
        COMMUNITY = "community", _("One community")
        ORGANISERS = "organisers", _("Organizers only")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OTHER)
    link = models.URLField(_("link"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to=_private_path, blank=True)
    file_name = models.CharField(max_length=200, blank=True)  # as the uploader named it
    file_size = models.PositiveBigIntegerField(default=0, db_default=0)  # bytes
    visibility = models.CharField(
        _("who may see it"), max_length=10, choices=Visibility, default=Visibility.COMMUNITY
    )
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, null=True, blank=True, related_name="resources"
    )
    topics = models.ManyToManyField(Topic, related_name="resources", blank=True)
    reviewed_on = models.DateField(_("last reviewed"), null=True, blank=True)
    # Added for an event that is not announced: its publishing shows it, its deletion erases it.
    is_unannounced = models.BooleanField(default=False, db_default=False, editable=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_demo = models.BooleanField(default=False, editable=False)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        constraints = [
            models.CheckConstraint(
                condition=(Q(link="") & ~Q(file="")) | (~Q(link="") & Q(file="")),
                name="either_link_or_file",
            ),
            models.CheckConstraint(
                condition=Q(visibility="community", community__isnull=False)
                | ~Q(visibility="community"),
                name="closed_resource_names_its_community",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address that serves the file or leads to the link, to whom it may."""
        return reverse("library:resource", args=[self.uid])


class ResourceVersionQuerySet(models.QuerySet["ResourceVersion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of resources that this person changes; readers see the newest alone."""
        return self.filter(resource__in=Resource.objects.kept_by(user))

    def newest_first(self) -> Self:
        """As they were replaced, the latest first."""
        return self.order_by("-replaced_at", "-pk")


class ResourceVersion(models.Model):
    """A file or link that stood in a resource before another took its place."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="versions")
    link = models.URLField(max_length=500, blank=True)
    file = models.FileField(blank=True)  # where the resource had put it
    file_name = models.CharField(max_length=200, blank=True)
    file_size = models.PositiveBigIntegerField(default=0)  # bytes
    replaced_at = models.DateTimeField()

    objects = ResourceVersionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["resource", "-replaced_at"], name="version_newest")]

    def __str__(self) -> str:
        return self.file_name or self.link

    def get_absolute_url(self) -> str:
        """Return the address that serves it to who changes the resource."""
        return reverse("library:version", args=[self.uid])


class Download(models.Model):
    """Who was given a file that is not open to everybody, and when; rows are only ever added."""

    resource = models.ForeignKey(
        Resource, on_delete=models.SET_NULL, null=True, related_name="downloads"
    )
    title = models.CharField(max_length=200)  # what it was called, should it be removed
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="downloads"
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["resource", "-at"], name="download_newest")]

    def __str__(self) -> str:
        return f"{self.person}: {self.title}"
