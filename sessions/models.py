"""One meeting of a community: its agenda and who is asked to it."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, Count, Exists, F, GeneratedField, OuterRef, Q, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies import words
from agencies.membership import SLIP
from agencies.models import Community, Membership
from events import zones
from events.leads import Lead
from events.models import Event, EventQuerySet


class PracticeSessionQuerySet(EventQuerySet["PracticeSession"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Sessions this person may know of; for outsiders at most those with a public summary."""
        if user.is_authenticated and user.is_organiser:
            return self
        public = Q(has_public_summary=True, community__is_listed=True)
        open_to_all = public & Q(published_at__isnull=False)
        if not user.is_authenticated:
            return self.filter(open_to_all)
        return self.filter(open_to_all | _is_open_to(user))

    def open_to(self, user: User | AnonymousUser) -> Self:
        """Sessions whose agenda, notes and materials this person may read."""
        if user.is_authenticated and user.is_organiser:
            return self
        return self.filter(_is_open_to(user))

    def run_by(self, user: User | AnonymousUser) -> Self:
        """Sessions that this person plans and changes, drafts too."""
        return self.filter(community__in=Community.objects.run_by(user))

    def with_words_for(self, user: User | AnonymousUser) -> Self:
        """Add `words`, what a search may look into: the closed words only for those inside."""
        if not user.is_authenticated:
            return self.alias(words=F("public_search"))
        if user.is_organiser:
            return self.alias(words=F("search"))
        inside = When(_is_open_to(user), then=F("search"))
        return self.alias(
            words=Case(inside, default=F("public_search"), output_field=SearchVectorField())
        )


def _is_open_to(user: User | AnonymousUser) -> Q:
    """Choose what is announced to this person's communities, and all that the person runs."""
    announced = Q(published_at__isnull=False)
    return (Q(community__in=Community.objects.open_to(user)) & announced) | Q(
        community__in=Community.objects.run_by(user)
    )


class PracticeSession(Event):
    """One meeting of a community; `summary` is its public part, `description` stays inside."""

    kind: ClassVar[str] = "session"

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="sessions")
    has_public_summary = models.BooleanField(
        _("everyone may see the title, date and summary"), default=False
    )
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    join_url = models.URLField(_("join link"), max_length=500, blank=True)
    # Where new invitations begin to count: above those that were taken back from who left.
    first_sequence = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # What outsiders may search; the inherited `search` holds the closed description too.
    public_search = GeneratedField(
        expression=words.vector("title", weight="A") + words.vector("summary", weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
        db_column="public_search_words",  # the column `public_search` is the release before's
    )

    objects = models.Manager.from_queryset(PracticeSessionQuerySet)()

    class Meta(Event.Meta):
        verbose_name = _("community session")
        verbose_name_plural = _("community sessions")
        indexes = [
            *Event.Meta.indexes,
            GinIndex(fields=["public_search"], name="session_public_search_words"),
        ]

    def get_absolute_url(self) -> str:
        """Return the session's page."""
        return reverse("sessions:detail", args=[self.community.slug, self.slug])

    @property
    def zone_name(self) -> str:
        """The common name of the announced zone; empty when only the day is known."""
        return zones.zone_name(self.time_zone) if self.time_zone else ""

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended; one of which only the day is known is on record, and over."""
        return self.ends_at is None or self.ends_at <= now


class AgendaItem(models.Model):
    """One part of a session's agenda; closed, like the session."""

    session = models.ForeignKey(PracticeSession, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=200)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    who = models.CharField(_("who"), max_length=120, blank=True, db_default="")
    text = models.TextField(_("text"), blank=True)

    def __str__(self) -> str:
        return self.title


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def standing(self) -> Self:
        """Those of people who may still read inside; whoever left does not count."""
        return self.filter(_is_inside(), person__is_active=True)

    def left(self) -> Self:
        """Those of people who may not read inside any more, though their accounts are open."""
        return self.filter(~_is_inside(), person__is_active=True)

    def gone(self, now: datetime) -> Self:
        """Those of people who left a while ago, or shortly before the session."""
        is_due = Q(left_at__lte=now - SLIP) | Q(session__starts_at__lte=now + 2 * SLIP)
        return self.left().filter(is_due)

    def answers(self) -> dict[str, int]:
        """Count the answers: by the word for each, and all who are asked."""
        counted = self.order_by().values_list("rsvp").annotate(number=Count("pk"))
        numbers = dict(counted)
        named = {word or "open": numbers.get(word, 0) for word in Invitation.Rsvp.values}
        return named | {"asked": sum(numbers.values())}

    def saying(self, rsvp: str) -> Self:
        """Those with this answer."""
        return self.filter(rsvp=rsvp)

    def with_link(self) -> Self:
        """Those who have the join link, as `Invitation.has_link` says."""
        is_coming = Q(rsvp=Invitation.Rsvp.YES)
        return self.expected().filter(is_coming | Q(Exists(_facilitating())))

    def expected(self) -> Self:
        """Those who did not say no."""
        return self.exclude(rsvp=Invitation.Rsvp.NO)

    def to_remind(self, now: datetime, lead: Lead) -> Self:
        """Those who are owed this reminder now; who was asked after it was due knows already."""
        return (
            self.expected()
            .filter(
                session__state=PracticeSession.State.PUBLISHED,
                session__starts_at__lte=now + lead.before,
                session__starts_at__gt=now + lead.until,
                session__starts_at__gte=F("invited_at") + lead.before,
                person__is_active=True,
            )
            .order_by("pk")
        )


def _is_inside() -> Q:
    """Choose the invitations of people who may read inside."""
    members = Membership.objects.active().filter(
        person=OuterRef("person"), agency__communities=OuterRef("session__community")
    )
    return Q(Exists(members)) | Q(Exists(_facilitating())) | Q(person__is_organiser=True)


def _facilitating() -> QuerySet[Any]:
    return Community.facilitators.through.objects.filter(
        user=OuterRef("person"), community=OuterRef("session__community")
    )


class Invitation(models.Model):
    """A person asked to a session, and the answer."""

    class Rsvp(models.TextChoices):
        OPEN = "", _("No answer yet")
        YES = "yes", _("Yes")
        NO = "no", _("No")
        MAYBE = "maybe", _("Maybe")

    session = models.ForeignKey(
        PracticeSession, on_delete=models.CASCADE, related_name="invitations"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="session_invitations"
    )
    rsvp = models.CharField(_("answer"), max_length=5, choices=Rsvp, blank=True)
    invited_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)  # seen to be outside
    # Rises with each answer: added to the session's, it is the calendar entry's version.
    sequence = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="one_invitation_per_person"),
            models.CheckConstraint(
                condition=Q(rsvp="", answered_at__isnull=True)
                | (~Q(rsvp="") & Q(answered_at__isnull=False)),
                name="answered_at_exactly_when_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.session}"

    @property
    def has_link(self) -> bool:
        """Whether the join link is this person's: who comes, and who facilitates, but for a no."""
        if self.rsvp in {self.Rsvp.YES, self.Rsvp.NO}:
            return self.rsvp == self.Rsvp.YES
        hosts = self.session.community.facilitators.all()  # few; lists have them at hand
        return any(host.pk == self.person_id for host in hosts)

    @property
    def join_url(self) -> str:
        """The join link, if it is for this person; a maybe has no seat, and a no wants none."""
        is_on = self.session.state == PracticeSession.State.PUBLISHED
        return self.session.join_url if is_on and self.has_link else ""
