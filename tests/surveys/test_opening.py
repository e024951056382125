"""What an organiser chooses and sees when a wave is opened, and whom it can reach."""

from bs4 import BeautifulSoup
from django.utils.html import escape

from accounts.models import User
from surveys.models import Wave
from tests.browsers import Client
from tests.factories import make_agency, make_question, make_user
from tests.scene import browser
from tests.surveys.scenes import make_open_response
from tests.surveys.test_manage_views import open_wave, path, plan


def test_an_agency_without_a_coordinator_can_get_one(organiser: User) -> None:
    organiser_client = browser(organiser, is_sure=True)
    response = make_open_response()
    agency, person = response.agency, make_user()
    address = f"/manage/people/add/?agency={agency.slug}&role=coordinator&next={path(response)}"

    linked = organiser_client.get(path(response)).content.decode()
    shown = organiser_client.get(address).content.decode()
    form = {"email": person.email, "agency": agency.pk, "role": "coordinator"}
    added = organiser_client.post(address, form, follow=True).content.decode()
    organiser_client.post(path(response, "invite/"))

    assert escape(address) in linked
    assert f'<option value="{agency.pk}" selected>' in shown
    assert "is a member now: Coordinator." in added
    assert [one.person for one in response.invitations.all()] == [person]


def test_a_silly_address_asks_for_everything(organiser: User) -> None:
    answer = browser(organiser, is_sure=True).get("/manage/people/add/?agency=%00&role=king")

    assert answer.status_code == 200


def test_states_to_choose_from_are_those_that_have_agencies(organiser_client: Client) -> None:
    make_agency(state="TX")

    shown = organiser_client.get("/manage/surveys/new/").content.decode()

    boxes = BeautifulSoup(shown, "html.parser").select("input[name=states]")
    assert [box["value"] for box in boxes] == ["TX"]


def test_the_widest_level_is_looked_at_before_anything_is_saved(organiser_client: Client) -> None:
    survey = make_question(default_sharing="public").survey
    agency = make_agency(state="CA")
    form = plan(survey, states=["CA"], widest_sharing="members")

    shown = organiser_client.post("/manage/surveys/new/", form).content.decode()
    open_wave(organiser_client, form)

    assert "<b>Named to fellow agencies</b>: 1 question<" in shown
    assert "<b>Public</b>" not in shown
    wave = Wave.objects.get()
    assert (wave.widest_sharing, wave.responses.get().agency) == ("members", agency)


def test_a_widest_level_that_was_not_looked_at_is_shown_first(organiser_client: Client) -> None:
    survey = make_question(default_sharing="public").survey
    make_agency(state="CA")
    form = plan(survey, states=["CA"])
    shown = organiser_client.post("/manage/surveys/new/", form).content.decode()
    stamp = shown.partition('name="asked" value="')[2].partition('"')[0]

    organiser_client.post(
        "/manage/surveys/new/", form | {"asked": stamp, "widest_sharing": "counted"}
    )

    assert Wave.objects.count() == 0
