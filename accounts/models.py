"""A person who signs in."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.held_rights import Right

SECOND_FACTORS = ("totp", "webauthn")  # allauth's words


class UserManager(BaseUserManager["User"]):
    def visible_to(self, user: "User | AnonymousUser") -> "models.QuerySet[User]":
        """Everybody for organisers; everybody else may look up only themselves."""
        if not user.is_authenticated:
            return self.none()
        return self.all() if user.is_organiser else self.filter(pk=user.pk)

    def organisers(self) -> "models.QuerySet[User]":
        """Those who run the program, in a lasting order."""
        return self.filter(is_organiser=True, is_active=True).order_by("name", "pk")

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Add a person; without a password the person signs in by other means only."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Add a site administrator."""
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, is_organiser=True, **fields
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    is_organiser = Right(_("runs the program"), default=False)
    is_staff = Right(_("may use the site administration"), default=False)
    is_superuser = Right(
        _("superuser status"),
        default=False,
        help_text=_(
            "Designates that this user has all permissions without explicitly assigning them."
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/New_York")
    # Until a person has said it, the zone is a guess, and pages and mails say so.
    has_chosen_zone = models.BooleanField(default=False, db_default=False, editable=False)
    language = models.CharField(_("language"), max_length=10, default="en-us")
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    calendar_key = models.UUIDField(null=True, unique=True, editable=False)  # of the private feed
    # Links in messages carry it: one that carries an earlier number has ended.
    links_issue = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    has_second_factor: bool | None = None  # accounts.sign_in knows these three of who asks
    has_proved_address: bool | None = None
    coordinates: bool | None = None  # whether they speak for an agency
    # Whether rights over others wait until this request's session has used a second factor.
    is_held_back = False

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_lower"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name as the person wrote it; the Django admin asks for it."""
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return ZoneInfo(self.time_zone)

    def signs_in_with_second_factor(self) -> bool:
        """Whether an app, passkey or security key is set up; recovery codes alone are none."""
        if self.has_second_factor is None:
            mine = User.objects.filter(pk=self.pk, authenticator__type__in=SECOND_FACTORS)
            self.has_second_factor = mine.exists()
        return self.has_second_factor

    @property
    def granted_rights(self) -> tuple[bool, bool, bool]:
        """Whether the person was made organiser, staff and superuser, held back or not."""
        granted = self.__dict__
        return granted["is_organiser"], granted["is_staff"], granted["is_superuser"]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must carry: it ends when password, rights or steps change."""
        rights = "/".join(str(granted) for granted in self.granted_rights)
        if self.signs_in_with_second_factor():
            rights += "/second factor"  # setting up the first one ends what a password opened
        proof = salted_hmac(
            "accounts.User.session", f"{self.password}/{rights}", secret=secret, algorithm="sha256"
        )
        return proof.hexdigest()
