"""Who works where: what colleagues saved a moment ago."""

from datetime import datetime, timedelta

import pytest

from surveys import reading, teamwork
from surveys.models import Question, Response
from tests.factories import make_member
from tests.surveys.scenes import make_page, save

pytestmark = pytest.mark.django_db


def test_a_colleague_is_at_work_for_five_minutes_after_saving(
    response: Response, question: Question, real_now: datetime
) -> None:
    robin, reader = make_member(response.agency, name="Robin"), make_member(response.agency)
    save(response, question, 40, by=robin, now=real_now)
    sheet, section = reading.read(response), question.section_id

    found = {
        (person.name, minutes): [
            str(one.changed_by)
            for one in teamwork.at_work(sheet, person, real_now + timedelta(minutes=minutes))[
                section
            ]
        ]
        for person, minutes in ((reader, 4), (reader, 5), (robin, 4))
    }

    assert found == {(reader.name, 4): ["Robin"], (reader.name, 5): [], ("Robin", 4): []}


def test_the_pages_say_who_is_at_work(
    response: Response, question: Question, real_now: datetime
) -> None:
    save(response, question, 40, by=make_member(response.agency, name="Robin"), now=real_now)
    page = make_page(response)

    shown = page.client.get(page.path).content.decode()
    overview = page.client.get(f"/surveys/{response.wave.slug}/overview/").content.decode()

    assert ["Robin is working on it" in page for page in (shown, overview)] == [True, True]
    assert "Colleagues are working on this section, too." in shown
