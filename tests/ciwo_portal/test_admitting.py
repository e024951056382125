"""An organizer takes people into an agency whose address proves nothing."""

from accounts.models import User
from agencies.models import Membership
from tests.factories import make_agency, make_user
from tests.scene import browser

Role = Membership.Role


def test_organiser_adds_a_person_whose_address_proves_nothing(organiser: User):
    agency, person = make_agency(), make_user(email="ana@example.org")
    data = {"email": "Ana@example.org", "agency": agency.pk, "role": Role.STAFF}
    client = browser(organiser, is_sure=True)

    unknown = client.post("/manage/people/add/", data | {"email": "nobody@example.org"})
    said = [
        str(
            *client.post("/manage/people/add/", data | {"role": role}, follow=True).context[
                "messages"
            ]
        )
        for role in (Role.STAFF, Role.COORDINATOR, Role.COORDINATOR)
    ]

    place = person.memberships.get()
    assert said == [
        f"{person} is a member now: Staff.",
        f"{person} was a member already. The role is changed to Coordinator.",
        f"Nothing was changed: {person} is a member already, with the role Coordinator.",
    ]
    assert list(unknown.context["form"].errors) == ["email"]
    assert (place.status, place.role, place.decided_by) == ("active", "coordinator", organiser)
