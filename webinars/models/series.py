"""Webinars that belong together, and what a new one of them starts with."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Community
from webinars.models.rules import Rules
from webinars.models.webinar import Webinar, default_reminders


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All for organisers; for others those of which they see a webinar that is announced."""
        if user.is_authenticated and user.is_organiser:
            return self
        seen = Webinar.objects.visible_to(user).announced().filter(series=OuterRef("pk"))
        return self.filter(Exists(seen))


class Series(Rules):
    """A row of webinars; its defaults are copied into a new one, which may differ afterwards."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=200, unique=True)
    summary = models.TextField(_("summary"), blank=True)
    visibility = models.CharField(
        _("who may see it and register"),
        max_length=10,
        choices=Webinar.Visibility,
        default=Webinar.Visibility.PUBLIC,
    )
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, null=True, blank=True, related_name="series"
    )
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/New_York")
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=75)
    partner = models.CharField(_("organized with"), max_length=200, blank=True)
    access_information = models.TextField(_("access information"), blank=True)
    reminders = ArrayField(
        models.CharField(max_length=10),
        default=default_reminders,
        db_default=default_reminders(),
        blank=True,
    )
    changed_at = models.DateTimeField(auto_now=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility="community", community__isnull=False)
                | ~Q(visibility="community"),
                name="closed_series_names_its_community",
            ),
        ]

    def __str__(self) -> str:
        return self.name
