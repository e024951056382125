from datetime import UTC, datetime

from events.leads import LEADS

START = datetime(2027, 1, 14, 18, tzinfo=UTC)


def test_each_reminder_has_its_hours():
    assert {lead.word: (lead.owed_at(START), lead.useful_until(START)) for lead in LEADS} == {
        "week": (datetime(2027, 1, 7, 18, tzinfo=UTC), datetime(2027, 1, 12, 18, tzinfo=UTC)),
        "day": (datetime(2027, 1, 13, 18, tzinfo=UTC), datetime(2027, 1, 14, 14, tzinfo=UTC)),
        "hour": (datetime(2027, 1, 14, 17, tzinfo=UTC), datetime(2027, 1, 14, 18, 10, tzinfo=UTC)),
    }
