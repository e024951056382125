"""The pages of accounts, each looked at by axe at two widths and on the narrowest screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.entrance import verified
from tests.factories import PASSWORD, make_member

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("login", "signup", "password/reset", "password/reset/done", "password/reset/key/1-none")
OWN = ("email", "password/change", "2fa", "2fa/webauthn", "logout", "reauthenticate")


def test_account_pages_have_no_faults(
    visit: Callable[[str], Page], sign_in: Callable[[User], None]
) -> None:
    person = make_member()
    verified(person)

    for path in PAGES:
        visit(f"/accounts/{path}/")
    sign_in(person)
    for path in OWN:
        visit(f"/accounts/{path}/")
    page = visit("/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/")
    page.fill("main [name=password]", PASSWORD)
    page.click("main form button[type=submit] >> nth=0")
    for path in ("2fa/totp/activate", "2fa/webauthn/add", "2fa/recovery-codes/generate"):
        visit(f"/accounts/{path}/")
    for path in ("/my/agency/", "/my/profile/"):
        visit(path)
