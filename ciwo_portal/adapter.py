"""What we change in allauth: mails go through our outbox; a proved address offers a place."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import devices, limits
from accounts.models import User
from accounts.sign_in import hold_back, may_enter
from agencies import membership
from ciwo_portal import joining, notices
from notifications import outbox

OFFERED = "agency_offered"  # in the session: the address was proved a moment ago


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Accounts as the portal wants them."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _lazy(
            "Too many tries. Wait a few minutes, or sign in another way: with a code that we send "
            "to your e-mail address, or with a passkey."
        )
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Return what a form says; a try that is one too many is counted and logged."""
        if code in ("too_many_login_attempts", "rate_limited"):
            limits.note_refusal(context.request)
        refusal: ValidationError = super().validation_error(code, *args)
        return refusal

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at; a right one is taken back after it."""
        usage = limits.count(request, "wrong_password", credentials.get("email", ""))
        if usage is None:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage = usage

    def _delete_login_attempts_cached_email(self, request: HttpRequest, email: str) -> None:
        """Forget wrong passwords once the owner has chosen a new one; allauth calls it then."""
        limits.forget(request, "wrong_password", email)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Stop who may not enter, whatever they have proved: a password, a code, a passkey."""
        if not may_enter(user):
            clear_login(request)
            closed: HttpResponse = self.respond_user_inactive(request, user)
            return closed
        stopped: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return stopped

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Owe the link, but not to who may not enter with any password."""
        if may_enter(user):
            super().send_password_reset_mail(user, email, context)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign the person in; rights that wait for a second factor wait at once."""
        super().login(request, user)
        hold_back(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe the mail instead of sending it while the person waits."""
        outbox.queue([notices.account(template_prefix, email, context, timezone.now())])

    def send_account_already_exists_mail(self, email: str) -> None:
        """Owe the mail, and spend the time that a new account's password would take."""
        make_password("as long as for a new account")
        self.send_mail("account/email/account_already_exists", email, {})

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of the site's own address, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.SITE_URL}{path.replace('UID-KEY', key)}"

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Take the address as proved; a place that the old one had proved ends with it."""
        person: User = email_address.user
        before = joining.verified_address(person)
        is_confirmed: bool = super().confirm_email(request, email_address)
        if is_confirmed:
            self._follow(request, person, before, email_address.email)
        return is_confirmed

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None, **kwargs: Any
    ) -> HttpResponse:
        """Show the agency that the address opens, once, before what the person came for."""
        response: HttpResponse = super().post_login(
            request, user, redirect_url=redirect_url, **kwargs
        )
        if request.session.pop(OFFERED, False):
            after = f"?{urlencode({'next': redirect_url})}" if redirect_url else ""
            response = HttpResponseRedirect(reverse("agencies:join") + after)
        devices.remember(response, user.email)
        return response

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Return to the agency that a new address opens, else to the address's own page."""
        is_offered = self.request.session.pop(OFFERED, False)
        return reverse("agencies:join" if is_offered else "account_email")

    def _follow(self, request: HttpRequest, person: User, before: str, address: str) -> None:
        left = joining.follow_address(
            person=person, before=before, address=address, now=timezone.now()
        )
        for place in left:
            text = _("You are not in %(agency)s any more: your new address is not in its domain.")
            messages.warning(request, text % {"agency": place.agency.name})
        offered = membership.agencies_offered(person=person, address=address)
        if offered.exists():
            request.session[OFFERED] = True
