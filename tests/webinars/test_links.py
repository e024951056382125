"""Links in messages: they end with the webinar, and when their person says so."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core import signing

from events.personal_links import UnknownToken
from tests.browsers import Client
from tests.factories import make_registration, make_user, make_webinar, midday
from webinars import join_links, personal, speaker_links
from webinars.models import Presenter, Registration, Webinar


def links(place: Registration) -> dict[str, str]:
    """Return the paths of every kind of link that a message about the webinar holds."""
    speaker = Presenter.objects.create(webinar=place.webinar, name="Ann", email="a@example.org")
    speaking = urlsplit(speaker_links.url(speaker)).path
    return {
        "place": personal.path(place.webinar, place.person),
        "join": urlsplit(join_links.url(place)).path,
        "speaking": speaking,
        "speaker's door": f"{speaking}join/",
    }


def held(days_ago: int) -> Webinar:
    """Make a webinar that took place so many days ago."""
    return make_webinar(title="Said among us", starts_at=midday(-days_ago))


@pytest.mark.parametrize(("days_ago", "status"), [(29, 200), (32, 410)])
def test_links_in_messages_end_thirty_days_after_the_webinar(days_ago: int, status: int):
    place = make_registration(held(days_ago))

    answers = {what: Client().get(path) for what, path in links(place).items()}

    assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(
        answers, status
    )
    told = [what for what, answer in answers.items() if b"Said among us" in answer.content]
    assert told == ([] if status == 410 else list(answers))


def test_a_link_that_has_ended_says_so_and_leads_on():
    place = make_registration(held(32))

    page = Client().post(personal.path(place.webinar, place.person), {"leave": "yes"})

    assert page.status_code == 410
    assert b"This link has ended" in page.content
    assert b'href="/my/"' in page.content
    assert Registration.objects.get().state == Registration.State.REGISTERED


def test_a_person_ends_the_links_of_earlier_messages():
    webinar, person = make_webinar(starts_at=midday(9)), make_user()
    mine, other = make_registration(webinar, person), make_registration(webinar, make_user())
    before = [links(mine)[what] for what in ("place", "join")]
    theirs = links(other)["join"]
    client = Client()
    client.force_login(person)

    client.post("/my/calendar/", {"renew": ""})

    mine = Registration.objects.select_related("person", "webinar").get(pk=mine.pk)
    after = [links(mine)[what] for what in ("place", "join")]
    assert [Client().get(path).status_code for path in before] == [404, 404]
    assert [Client().get(path).status_code for path in (*after, theirs)] == [200, 200, 200]


def test_links_of_before_there_were_issues_work_until_they_are_ended(now: datetime):
    place = make_registration(make_webinar(starts_at=midday(9)))
    old = signing.dumps([place.webinar_id, place.person_id], salt=personal._SALT)  # noqa: SLF001 as it was made

    assert personal.read(old, now) == (place.webinar, place.person)

    place.person.links_issue = 1
    place.person.save()
    with pytest.raises(UnknownToken):
        personal.read(old, now + timedelta(days=1))
