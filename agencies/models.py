"""Who takes part: agencies, the people in them, and the communities they form."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import SECOND_FACTORS, User
from agencies import names


class AgencyQuerySet(models.QuerySet["Agency"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The directory is public: everybody sees every agency."""
        return self

    def in_order_of_names(self) -> Self:
        """By state, then by name, as people sort: accents and capitals make no difference.

        What is invented stands apart, at the end.
        """
        return self.order_by("is_demo", "state", names.plain("name"), "pk")

    def with_active_member(self, user: User | AnonymousUser) -> Self:
        """Agencies that have approved this person."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            memberships__person=user, memberships__status=Membership.Status.ACTIVE
        ).distinct()


class Agency(models.Model):
    """A public body that enforces labor standards."""

    class Level(models.TextChoices):
        CITY = "city", _("City")
        COUNTY = "county", _("County")
        STATE = "state", _("State")

    class Enforces(models.TextChoices):
        YES = "yes", _("Enforces wage laws")
        LIMITED = "limited", _("Enforces some wage laws")
        NO = "no", _("Does not enforce wage laws")

    class JoinPolicy(models.TextChoices):
        APPROVAL = "approval", _("A coordinator or organizer approves each person")
        AUTOMATIC = "automatic", _("A verified address in the agency's domain is enough")

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=120)
    jurisdiction_type = models.CharField(max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=2)
    state_fips = models.CharField(max_length=2, blank=True)
    population_band = models.CharField(_("population"), max_length=12, blank=True)
    founded_in = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/New_York")
    website_host = models.CharField(_("website"), max_length=200, blank=True)
    enforces_wage_laws = models.CharField(max_length=10, choices=Enforces, blank=True)
    about = models.TextField(_("about the agency"), blank=True)
    note = models.TextField(_("public note"), blank=True)  # once somebody has read it
    internal_note = models.TextField(_("internal note"), blank=True, db_default="")
    join_policy = models.CharField(
        _("how people join"), max_length=10, choices=JoinPolicy, default=JoinPolicy.APPROVAL
    )
    is_demo = models.BooleanField(default=False, editable=False)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        indexes = [models.Index(fields=["state", "level"], name="agency_by_state")]

    def __str__(self) -> str:
        return f"{self.name}, {self.state}"

    def get_absolute_url(self) -> str:
        """Return the agency's page."""
        return reverse("agencies:detail", args=[self.slug])


class EmailDomain(models.Model):
    """A mail domain that an agency owns; a verified address in it offers membership."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(_("domain"), max_length=200, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(domain=Lower("domain")), name="domain_lower"),
        ]

    def __str__(self) -> str:
        return self.domain


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The own ones, those of agencies that this person coordinates; all for organisers."""
        if not user.is_authenticated:
            return self.none()
        if user.is_organiser:
            return self
        coordinated = Membership.objects.coordinated_by(user).values("agency")
        return self.filter(Q(person=user) | Q(agency__in=coordinated))

    def active(self) -> Self:
        """Approved and not ended."""
        return self.filter(status=Membership.Status.ACTIVE)

    def pending(self) -> Self:
        """Waiting for a decision, oldest first."""
        return self.filter(status=Membership.Status.PENDING).order_by("asked_at", "pk")

    def for_organisers(self) -> Self:
        """Waiting, and no coordinator of the agency decides: none is there, reached, or in time."""
        coordinating = Membership.objects.coordinating().filter(person__is_active=True)
        is_led = Q(agency__in=coordinating.values("agency"))
        return self.pending().filter(~is_led | Q(chases=Membership.PASSED_ON))

    def current(self) -> Self:
        """Waiting or active."""
        return self.exclude(status=Membership.Status.ENDED)

    def once_active(self) -> Self:
        """Those that are or were a place; not requests that were declined or taken back."""
        was_let_in = Q(decided_at__isnull=False, reason="")
        return self.filter(Q(status=Membership.Status.ACTIVE) | was_let_in)

    def coordinating(self) -> Self:
        """Active with the coordinator's role."""
        return self.active().filter(role=Membership.Role.COORDINATOR)

    def who_can_act(self) -> Self:
        """Of people who can sign in with a second factor, without which no role counts."""
        able = User.objects.filter(is_active=True, authenticator__type__in=SECOND_FACTORS)
        return self.filter(person__in=able.values("pk"))

    def coordinated_by(self, user: User | AnonymousUser) -> Self:
        """The reader's own as coordinator, while that counts: only with a second factor."""
        if not user.is_authenticated or user.is_held_back:
            return self.none()
        return self.coordinating().filter(person=user)


class Membership(models.Model):
    """A person's place in an agency."""

    PASSED_ON = 2

    class Role(models.TextChoices):
        STAFF = "staff", _("Staff")
        COORDINATOR = "coordinator", _("Coordinator")

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for approval")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.STAFF)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="membership_decisions",
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    # How often a request that waits was brought up again: to who decides, then to organisers.
    chases = models.PositiveSmallIntegerField(default=0, db_default=0)
    chased_at = models.DateTimeField(null=True, blank=True)  # the last time
    # Why the request was declined, in words that the person has read.
    reason = models.CharField(max_length=500, blank=True, default="", db_default="")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "agency"],
                condition=~Q(status="ended"),
                name="one_current_membership_per_agency",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False)
                | (~Q(status="ended") & Q(ended_at__isnull=True)),
                name="ended_at_exactly_when_ended",
            ),
        ]
        indexes = [models.Index(fields=["status", "asked_at"], name="membership_queue")]

    def __str__(self) -> str:
        return f"{self.person} at {self.agency}"

    @property
    def is_coordinating(self) -> bool:
        """Whether the person speaks for the agency; not while that waits for a second factor."""
        is_active = self.status == Membership.Status.ACTIVE
        is_coordinator = self.role == Membership.Role.COORDINATOR
        return is_active and is_coordinator and not self.person.is_held_back


class CommunityQuerySet(models.QuerySet["Community"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Listed communities for everybody; unlisted ones for their own people."""
        if user.is_authenticated and user.is_organiser:
            return self
        if not user.is_authenticated:
            return self.filter(is_listed=True)
        return self.filter(Q(is_listed=True) | Q(pk__in=self.open_to(user).values("pk")))

    def open_to(self, user: User | AnonymousUser) -> Self:
        """Communities whose closed content this person may read."""
        if not user.is_authenticated:
            return self.none()
        if user.is_organiser:
            return self
        members = Membership.objects.active().filter(person=user).values("agency")
        return self.filter(
            Q(
                pk__in=Community.agencies.through.objects.filter(agency__in=members).values(
                    "community"
                )
            )
            | Q(pk__in=Community.facilitators.through.objects.filter(user=user).values("community"))
        )

    def run_by(self, user: User | AnonymousUser) -> Self:
        """Communities whose sessions this person plans: all for organisers, else as facilitator."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_organiser else self.filter(facilitators=user)


class Community(models.Model):
    """A closed set of agencies that meets and shares."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=200)
    summary = models.TextField(_("public summary"), blank=True)
    source_text = models.TextField(_("wording of the source"), blank=True)
    is_listed = models.BooleanField(_("everyone may know of this community"), default=True)
    agencies = models.ManyToManyField(Agency, related_name="communities", blank=True)
    facilitators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="facilitated_communities", blank=True
    )
    is_demo = models.BooleanField(default=False, editable=False)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the community's page."""
        return reverse("sessions:community", args=[self.slug])


def reads_as_staff(person: User | OuterRef | F) -> Q:
    """Choose what agency staff read, for this person: of an agency, or facilitating a community.

    Whoever runs a community's sessions reads what its agencies read; but not what agencies share
    with each other in surveys: that they allowed to agencies alone. A demo community opens nothing
    beyond itself.
    """
    led = Community.facilitators.through.objects.filter(community__is_demo=False)
    facilitating = led.filter(user=person)
    return Q(Exists(Membership.objects.active().filter(person=person))) | Q(Exists(facilitating))
