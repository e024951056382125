"""Names stand on one line, wherever they are typed: first lines of mails are made of them."""

import pytest
from django import forms

from accounts.models import User
from accounts.names import one_line
from agencies.models import Agency
from tests.browsers import Client
from tests.factories import make_agency, make_user

BREAK = "Write it on one line."
HIDDEN = "It holds characters that cannot be seen. Type it anew."


class Named(forms.Form):
    """A form with a name in it."""

    name = forms.CharField(validators=[one_line])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("José Núñez, Jr.", []),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", []),
        ("Ana\r\nBcc: evil@example.net", [BREAK]),
        ("Ana\x85Torres", [BREAK]),
        ("Ana\u2028Torres", [BREAK]),
        ("Ana\x1b[31m", [BREAK]),
        ("Ana \u202egnp.exe", [HIDDEN]),
        ("Ana\u200bTorres", [HIDDEN]),
    ],
)
def test_names_are_seen_as_they_are(name: str, said: list[str]):
    assert list(Named({"name": name}).errors.get("name", [])) == said


def test_names_with_line_breaks_are_not_kept(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    person, agency = make_user(is_superuser=True, is_staff=True), make_agency()
    data = {"name": "Ana\r\nBcc: evil", "time_zone": "America/Denver"}
    paths = [f"/admin/accounts/user/{person.pk}/change/"]
    paths += [f"/admin/agencies/agency/{agency.pk}/change/", "/my/profile/"]
    client = Client()
    client.force_login(person)

    pages = [client.post(path, data) for path in paths]
    new = {"email": "ana@example.org", "password1": "quilt-zebra-93-harp"}
    pages.append(Client().post("/accounts/signup/", data | new))

    assert [BREAK in page.content.decode() for page in pages] == [True] * 4
    assert not User.objects.filter(name__contains="Bcc").exists()
    assert not Agency.objects.filter(name__contains="Bcc").exists()
