"""An agency's own deadline on its people's pages, where it is later than the wave's."""

from datetime import UTC, datetime, timedelta

from accounts.models import User
from ciwo_portal import learning
from surveys import giving, mutual
from surveys.models import Response
from tests.factories import make_member, make_question, make_response, make_wave
from tests.surveys.scenes import signed_in

DAY = timedelta(days=1)


def make_two(now: datetime) -> tuple[User, Response, Response]:
    """Ask an agency twice; of the wave that closes first, it has the later deadline."""
    longer = make_response(
        make_wave(opens_at=now - DAY, closes_at=now - timedelta(hours=1)),
        extended_until=now + 9 * DAY,
    )
    other = make_response(make_wave(opens_at=now - DAY, closes_at=now + 5 * DAY), longer.agency)
    return make_member(longer.agency), longer, other


def test_my_learning_goes_by_the_agencys_own_deadline(now: datetime) -> None:
    person, longer, other = make_two(now)

    found = [asked.response for asked in learning.surveys(person, now)]

    assert found == [other, longer]
    assert learning.surveys(person, now + 9 * DAY) == []


def test_pages_say_the_agencys_own_day() -> None:
    person, longer, other = make_two(datetime.now(UTC))
    client = signed_in(person)

    mine, listed = (client.get(path).content.decode() for path in ("/my/", "/surveys/"))

    local = longer.closes_at.astimezone(person.zone)
    assert f"Due {local:%B} {local.day}, {local.year}" in mine
    assert f"<b>{local:%b} {local.day}</b>" in listed
    assert listed.index(longer.wave.title) < listed.index(other.wave.title)


def test_who_has_more_time_can_still_give(now: datetime) -> None:
    person, longer, _other = make_two(now)
    section = make_question(longer.wave.survey).section
    mutual.choose(wave=longer.wave, sections=[section])

    owed = giving.owed(longer.wave, person, section, now)

    assert owed is not None
    assert (owed.response, owed.is_open) == (longer, True)
