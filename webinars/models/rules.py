"""Who may register, until when, and who looks first: of a webinar, or a series' new ones."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency


class Rules(models.Model):
    """The rules of registering. Moments are hours before the start, so that they move with it."""

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody who can see it")
        STAFF = "staff", _("Approved staff of any agency")
        AGENCIES = "agencies", _("Staff of agencies of certain levels or states")
        COMMUNITY = "community", _("People of the community")

    class Approval(models.TextChoices):
        NOBODY = "nobody", _("Nobody: a place is given at once")
        OTHERS = "others", _("Everybody who is not approved agency staff")
        EVERYBODY = "everybody", _("Everybody")

    audience = models.CharField(
        _("who may register"),
        max_length=10,
        choices=Audience,
        default=Audience.EVERYBODY,
        db_default=Audience.EVERYBODY,
    )
    audience_levels = ArrayField(
        models.CharField(max_length=10, choices=Agency.Level),
        default=list,
        db_default=[],
        blank=True,
    )
    audience_states = ArrayField(
        models.CharField(max_length=2), default=list, db_default=[], blank=True
    )
    approval = models.CharField(
        _("who waits for an organizer's approval"),
        max_length=10,
        choices=Approval,
        default=Approval.NOBODY,
        db_default=Approval.NOBODY,
    )
    closes_hours = models.PositiveSmallIntegerField(
        _("registration closes, hours before the start"), default=0, db_default=0
    )
    seats_per_agency = models.PositiveSmallIntegerField(
        _("greatest number of seats for one agency"), null=True, blank=True
    )
    share_hours = models.PositiveSmallIntegerField(
        _("then the rest is free for all, hours before the start"), null=True, blank=True
    )
    access_contact = models.ForeignKey(  # sees to interpreters, captioning and what else is asked
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="%(class)s_access",
        verbose_name=_("who arranges access"),
    )
    access_hours = models.PositiveSmallIntegerField(
        _("access can be asked for until, hours before the start"), default=72, db_default=72
    )

    class Meta:
        abstract = True


RULES = [field.name for field in Rules._meta.local_fields]
