"""What one agency answers in one wave."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast, Greatest, JSONArray, JSONObject
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies import names
from agencies.models import Agency, Membership
from surveys.models.fielding import Invitation, Wave
from surveys.models.instrument import Question, SharingLevel, no_wider_than
from surveys.models.mutual import MutualSection


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The responses of this person's agencies; all of them for organisers."""
        if not user.is_authenticated:
            return self.none()
        if user.is_organiser:
            return self
        return self.answered_by(user)

    def answered_by(self, user: User | AnonymousUser) -> Self:
        """The responses of the agencies that have approved this person, organiser or not."""
        if not user.is_authenticated:
            return self.none()
        mine = Membership.objects.active().filter(person=user).values("agency")
        return self.filter(agency__in=mine, wave__fielded_at__isnull=False)

    def named_to(self, user: User | AnonymousUser) -> Self:
        """Those handed in of which this person may read an answer, and so the agency's name."""
        own = Q(pk__in=Response.objects.answered_by(user).values("pk"))
        own &= Q(Exists(Answer.objects.filter(response=OuterRef("pk"))))
        return self.submitted().filter(own | _is_shared_with(user))

    def shared_with(self, user: User | AnonymousUser) -> Self:
        """Those of which this person may read an answer though it were another agency's.

        Of other agencies these are the named ones, and many of them are found sooner so.
        """
        return self.submitted().filter(_is_shared_with(user))

    def by_state(self) -> dict[str, int]:
        """Return how many there are in each state, by its code."""
        states = self.order_by().values_list("agency__state")
        return dict(states.annotate(number=Count("pk")))

    def submitted(self) -> Self:
        """Handed in."""
        return self.filter(state=Response.State.SUBMITTED)

    def unsubmitted(self) -> Self:
        """Not handed in, whether started or not."""
        return self.filter(state=Response.State.DRAFT)

    def reached(self) -> Self:
        """Those whose agency has heard of the wave: it was invited, has looked or has answered."""
        answers = Answer.objects.filter(response=OuterRef("pk"))
        invitations = Invitation.objects.filter(response=OuterRef("pk"))
        heard = Q(opened_at__isnull=False) | Exists(invitations) | Exists(answers)
        return self.filter(heard).order_by("pk")

    def with_deadline(self) -> Self:
        """Add the `deadline`: the agency's own, where that is later than the wave's."""
        return self.annotate(deadline=Greatest("wave__closes_at", "extended_until"))

    def open_at(self, now: datetime) -> Self:
        """Those that are open, handed in or not; by the agency's own deadline, first due first."""
        found = self.with_deadline().filter(deadline__gt=now, wave__opens_at__lte=now)
        return found.order_by("deadline", "pk")

    def last_due_first(self) -> Self:
        """By the agency's own deadline, the latest first, then by agency."""
        return self.with_deadline().order_by("-deadline", "agency__name", "pk")

    def closing(self, now: datetime, before: timedelta | None, until: timedelta) -> Self:
        """Not handed in, open, with a deadline from `until` on, and by `before` if given."""
        found = self.unsubmitted().with_deadline()
        found = found.filter(
            wave__fielded_at__isnull=False, wave__opens_at__lte=now, deadline__gt=now + until
        )
        if before is not None:
            found = found.filter(deadline__lte=now + before)
        return found.select_related("wave").order_by("pk")

    def with_coordinators(self) -> Self:
        """Add whether somebody coordinates the agency, and so can be invited."""
        somebody = Membership.objects.coordinating().filter(
            agency=OuterRef("agency"), person__is_active=True
        )
        return self.annotate(has_coordinator=Exists(somebody))

    def with_reopened(self) -> Self:
        """Add whether what was handed in has been opened again."""
        return self.annotate(was_reopened=Exists(Reopening.objects.filter(response=OuterRef("pk"))))

    def by_agency(self) -> Self:
        """In the order in which people look for an agency: by state, then by name."""
        return self.order_by("agency__state", names.plain("agency__name"), "pk")


class Response(models.Model):
    """One agency's answers in one wave, worked on by several colleagues."""

    class State(models.TextChoices):
        DRAFT = "draft", _("In progress")
        SUBMITTED = "submitted", _("Submitted")

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="responses")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="responses")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    opened_at = models.DateTimeField(null=True, blank=True)  # when somebody first looked
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Who signs the sections off; without one, the coordinators do.
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    extended_until = models.DateTimeField(null=True, blank=True)  # of this agency alone

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "agency"], name="one_response_per_agency"),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False)
                | (~Q(state="submitted") & Q(submitted_at__isnull=True)),
                name="submitted_at_exactly_when_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.wave}"

    @property
    def closes_at(self) -> datetime:
        """Until when this agency can answer: its own deadline where it has a later one."""
        return max(self.wave.closes_at, self.extended_until or self.wave.closes_at)

    def is_open(self, now: datetime) -> bool:
        """Whether this agency's answers are taken at `now`, if it has not handed them in."""
        wave = self.wave
        return wave.fielded_at is not None and wave.opens_at <= now < self.closes_at


class Reopening(models.Model):
    """An organiser let an agency change what it had handed in; rows are added and never changed.

    What had been handed in is the answers' newest revisions up to `handed_in_at`.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="reopenings")
    reason = models.TextField()
    handed_in_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reopened_at = models.DateTimeField()
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reopening_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}: {self.reopened_at:%Y-%m-%d}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those that this person may read with the agency's name; the one rule for all pages.

        The own agency's always. Of others what is handed in and applies: public ones for
        everybody, members' ones for who belongs to an agency and has given in turn where that
        is asked for, all of them for organisers.
        """
        unmet = MutualSection.objects.unmet_by(user).filter(wave=OuterRef("response__wave"))
        owed = Q(Exists(unmet.filter(section=OuterRef("question__section")))) | Q(
            Exists(unmet.filter(section__questions__follow_ups=OuterRef("question")))
        )
        own = Q(response__in=Response.objects.answered_by(user).values("pk"))
        shared = Q(response__state="submitted") & _shared_with(user, unless=owed)
        return self.filter(own | shared)

    def countable(self) -> Self:
        """Those that enter totals: handed in, applying, and not for organizers only."""
        handed_in = self.filter(response__state="submitted", applies=True)
        return handed_in.exclude(readable_as=SharingLevel.ORGANISERS)


def _is_shared_with(user: User | AnonymousUser) -> Q:
    """Return which responses that are handed in have an answer that others let this person read."""
    answers = Answer.objects.filter(response=OuterRef("pk"))
    shared = Q(Exists(answers.filter(_shared_with(user))))
    # Only where something has to be given first is each answer asked about it: that takes long.
    held = MutualSection.objects.unmet_by(user).values("wave")
    return shared & (~Q(wave__in=held) | Q(Exists(answers.visible_to(user))))


def _shared_with(user: User | AnonymousUser, *, unless: Q | None = None) -> Q:
    """Return which answers of a response that is handed in its agency lets this person read.

    `unless` says which of them are held back until this person's agency has given.
    """
    applies, public = Q(applies=True), Q(readable_as=SharingLevel.PUBLIC)
    if not user.is_authenticated:
        return applies & public
    if user.is_organiser:
        return applies
    is_member = Q(Exists(Membership.objects.active().filter(person=user)))
    members = Q(readable_as=SharingLevel.MEMBERS) & is_member
    if unless is not None:
        members &= ~unless
    return applies & (public | members)


class Answer(models.Model):
    """One question's value in a response; `revision` grows by one with each change.

    A number that is not known is `not_reported`, which is neither 0 nor blank. An answer to a
    question that does not apply is kept; that it is hidden follows from the other answers, and
    `applies` says so from the moment of handing in.

    The agency chooses `sharing`. Every rule on who reads the answer asks `readable_as`: a
    follow-up tells the answers that its condition rests on, so it is never read more widely than
    any of them. A trigger writes that column, whatever changes.
    """

    response = models.ForeignKey(  # indexed by one_answer_each
        Response, on_delete=models.CASCADE, related_name="answers", db_index=False
    )
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField(null=True, blank=True)
    not_reported = models.CharField(max_length=30, blank=True)
    sharing = models.CharField(max_length=10, choices=SharingLevel)
    readable_as = models.CharField(  # written by the database alone
        max_length=10, choices=SharingLevel, db_default=SharingLevel.ORGANISERS, editable=False
    )
    applies = models.BooleanField(default=True, db_default=True, editable=False)
    revision = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"],
                include=["sharing", "applies"],
                name="one_answer_each",
            ),
            models.CheckConstraint(
                condition=no_wider_than("readable_as", "sharing"),
                name="answer_read_as_chosen_or_narrower",
            ),
            models.CheckConstraint(
                condition=Q(not_reported="") | Q(value__isnull=True),
                name="not_reported_has_no_value",
            ),
        ]
        indexes = [
            # With what says who may read it, so that findings find out from the index alone.
            models.Index(
                fields=["response"], include=["readable_as", "applies"], name="answer_covered"
            ),
            # What was withdrawn from published totals, by itself or with what it tells.
            models.Index(
                fields=["changed_at"], condition=Q(sharing="organisers"), name="answer_withdrawn"
            ),
            models.Index(
                fields=["response"],
                condition=Q(readable_as="organisers") & ~Q(sharing="organisers"),
                name="answer_withdrawn_along",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}: {self.question_id}"


class AnswerRevision(models.Model):
    """What an answer said in one of its revisions; rows are added and never changed."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="revisions")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    value = models.JSONField(null=True, blank=True)
    not_reported = models.CharField(max_length=30, blank=True)
    sharing = models.CharField(max_length=10, choices=SharingLevel)
    operation = models.UUIDField()  # made by the browser: a repeated save is known by it
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question", "revision"], name="one_row_per_revision"
            ),
            models.UniqueConstraint(
                fields=["response", "question", "operation"], name="one_revision_per_save"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}: {self.question_id}, revision {self.revision}"


def _private_path(answer_file: "AnswerFile", name: str) -> str:
    """Return a place whose name says nothing; only the kind of file stays."""
    return f"surveys/{uuid.uuid4().hex}{Path(name).suffix.lower()}"


class AnswerFileQuerySet(models.QuerySet["AnswerFile"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The files of the answers that this person may read, and of the own agencies.

        Organisers keep those of every submission, also after the agency took them out.
        """
        file = JSONObject(file=Cast(OuterRef("uid"), TextField()))
        answers = Answer.objects.visible_to(user).filter(
            response=OuterRef("response"),
            question=OuterRef("question"),
            value__contains=JSONArray(file),
        )
        own = Q(response__in=Response.objects.answered_by(user))
        if user.is_authenticated and user.is_organiser:
            own |= Q(was_submitted=True)
        return self.filter(own | Exists(answers))


class AnswerFile(models.Model):
    """A file that an agency gave as part of an answer; the answer's value refers to it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="files")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to=_private_path)
    name = models.CharField(max_length=200)  # as the agency called it
    size = models.PositiveIntegerField()  # bytes
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField()
    # Part of something that was handed in: it is kept with that, whatever becomes of the answer.
    was_submitted = models.BooleanField(default=False, db_default=False, editable=False)

    objects = AnswerFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="answer_file_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
