"""How a person signs in by the form that a page shows, with the second step where there is one."""

from allauth.account.models import EmailAddress
from django.core.cache import cache
from playwright.sync_api import Page

from accounts.models import User
from tests.factories import PASSWORD, app_code


def verified(person: User) -> User:
    """Let this person sign in without a code."""
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def enter(page: Page, person: User) -> None:
    """Fill in the sign-in form and, where it is asked for, the code of the tests' app."""
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    if "/2fa/" in page.url:
        cache.clear()  # as if half a minute had passed: a code is taken once
        page.fill("[name=code]", app_code())
        page.click("main form button[type=submit]")
        page.wait_for_load_state()
