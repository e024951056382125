"""People come into an agency without a request, and leave it."""

from functools import partial

from accounts.models import User
from agencies import membership
from agencies.models import Membership
from tests.factories import NOW, make_agency, make_community, make_member, make_user
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


def test_nobody_leaves_at_one_press(organiser: User):
    agency = make_agency()
    coordinator, member = make_member(agency, role=Role.COORDINATOR), make_member(agency)
    place = member.memberships.get()
    asking = Membership.objects.create(person=make_user(), agency=agency, asked_at=NOW)
    ways = (
        (coordinator, f"/my/agency/end/?membership={asking.pk}"),  # is declined, with a reason
        (coordinator, f"/my/agency/end/?membership={place.pk}"),
        (member, f"/my/agency/{agency.slug}/leave/"),
        (make_member(), f"/my/agency/end/?membership={place.pk}"),
    )

    answers = [browser(person).get(address) for person, address in ways]

    place.refresh_from_db()
    assert "None" not in answers[1].content.decode()
    assert ([one.status_code for one in answers], place.status) == ([404, 200, 200, 404], "active")
    assert [one.context["submit"] for one in answers[1:3]] == ["End membership", "Leave"]
    for chosen in (asking.pk, dict(answers[1].context["hidden"])["membership"]):
        browser(coordinator).post("/my/agency/end/", {"membership": chosen})
    left = Membership.objects.filter(status="ended")
    assert list(left) == [place]


def test_organisers_read_who_stays_in_a_community_by_another_agency(organiser: User):
    one, other = make_agency(name="One"), make_agency(name="Other")
    circle = make_community(one, other, name="Circle")
    leaving, staying = make_member(one, name="Lee"), make_member(other, name="Stu")
    kept = staying.memberships.get()
    admit = partial(membership.admit, role=Role.STAFF, by=organiser, now=NOW)
    admit(person=staying, agency=one)
    admit(person=leaving, agency=make_agency(name="Third"))
    places = Membership.objects.exclude(pk=kept.pk).order_by("pk")
    asked = "&".join(f"membership={place.pk}" for place in places)

    page = browser(organiser).get(f"/my/agency/end/?{asked}").context
    out = browser(organiser).get(f"/manage/communities/{circle.slug}/take-out/{one.slug}/").context
    casey, theirs = make_member(one, role=Role.COORDINATOR), staying.memberships.get(agency=one).pk
    told = browser(casey).get(f"/my/agency/end/?membership={theirs}").context["effects"]

    assert page["subject"] == "One, CA, Third, CA"
    named = [[text for text in words if "keeps" in text] for words in (page["effects"], told)]
    general = "Who is in one of its communities by another way keeps that."
    assert named == [["Stu keeps Circle, by another way in."], [general]]
    assert out["effects"][0].startswith("1 person of the agency sees nothing closed")
