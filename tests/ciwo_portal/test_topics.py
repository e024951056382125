"""A topic with everything that hangs on it, as far as the reader may see it."""

from datetime import date

import pytest
from bs4 import BeautifulSoup

from accounts.models import User
from library.models import Topic
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_community,
    make_resource,
    make_session,
    make_topic,
    make_webinar,
    midday,
)
from webinars.models import Presenter

SOON = midday(10)


@pytest.fixture
def topic() -> Topic:
    """A topic with one thing of each kind for everybody, and one of each for few."""
    topic = make_topic(slug="liens", name="Liens", source_text="getting paid")
    speaker = make_agency(name="Speaker", state="NY")
    past = {"starts_at": None, "held_on": date(2017, 2, 7)}
    spoken = make_webinar(title="Past webinar", topics=(topic,), **past)
    Presenter.objects.create(webinar=spoken, agency=speaker, name="Sam")
    met = make_session(
        make_community(make_agency(name="Member")),
        title="Past session",
        has_public_summary=True,
        **past,
    )
    met.topics.add(topic)
    make_webinar(title="Next webinar", topics=(topic,), starts_at=SOON)
    make_webinar(title="Closed webinar", topics=(topic,), starts_at=SOON, visibility="members")
    secret = make_session(title="Closed session", starts_at=SOON)
    secret.topics.add(topic)
    make_resource(title="Open file").topics.add(topic)
    make_resource(title="Closed file", visibility="members").topics.add(topic)
    make_webinar(title="Of another topic", starts_at=SOON)
    return topic


def texts(client: Client, topic: Topic) -> list[str]:
    soup = BeautifulSoup(client.get(topic.get_absolute_url()).content, "html.parser")
    return [link.text for link in soup.select(".section ol a, .section ul a")]


def test_visitor_sees_what_is_for_everybody(client: Client, topic: Topic):
    other = make_topic(name="Bonds")

    assert texts(client, topic) == [
        "Next webinar",
        "Past session",
        "Past webinar",
        "Open file",
        "Speaker, NY",
        other.name,
    ]


def test_organiser_sees_the_rest_too(client: Client, topic: Topic, organiser: User):
    client.force_login(organiser)

    seen = texts(client, topic)

    assert {"Closed webinar", "Closed session", "Closed file"} <= set(seen)


def test_topic_keeps_the_wording_of_its_source(client: Client, topic: Topic):
    soup = BeautifulSoup(client.get("/topics/liens/").content, "html.parser")

    assert [quote.text.strip() for quote in soup.select("blockquote")] == ["getting paid"]


def test_empty_topic_says_so(client: Client):
    make_topic(slug="bonds")

    page = client.get("/topics/bonds/").content.decode()

    assert "Nothing was held on this topic yet." in page


def test_unknown_topic_is_not_found(client: Client):
    assert client.get("/topics/nothing/").status_code == 404
