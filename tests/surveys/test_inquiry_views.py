"""The pages on which agencies ask each other, and organisers look after it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from surveys import inquiring
from surveys.models import Answer, Inquiry
from tests.browsers import Client
from tests.factories import (
    make_answer,
    make_inquiry,
    make_member,
    make_question,
    make_response,
    make_user,
)
from tests.surveys.scenes import make_coordinator, signed_in


@pytest.fixture
def answer() -> Answer:
    """An answer that member agencies may read."""
    response = make_response(state="submitted", submitted_at=datetime.now(UTC))
    definitions = [{"id": "bond", "term": "Bond", "definition": "Money set aside."}]
    survey = response.wave.survey
    survey.definitions = definitions
    survey.save()
    fields: dict[str, Any] = {
        "label": "Do you take bonds?",
        "help": "Of any size.",
        "terms": ["bond"],
    }
    return make_answer(response, make_question(survey, **fields), "Always.")


@pytest.fixture
def casey(answer: Answer) -> User:
    """Who speaks for the agency that gave it."""
    return make_coordinator(answer.response, name="Casey Morgan")


def path(answer: Answer) -> str:
    """Return the address of the answer's cell."""
    response = answer.response
    return f"/surveys/{response.wave.slug}/findings/{response.agency.slug}/{answer.question.key}/"


def text(client: Client, address: str) -> str:
    """Return what a page says."""
    response = client.get(address)
    assert response.status_code == 200
    main = BeautifulSoup(response.content, "html.parser").select_one("main")
    assert main is not None
    return main.get_text(" ", strip=True)


def send(client: Client, answer: Answer, **fields: Any) -> Any:
    """Ask on the cell's page."""
    return client.post(path(answer), {"text": "Since when?", "operation": uuid4()} | fields)


def test_a_cell_says_what_it_means_and_whom_to_ask(answer: Answer, casey: User) -> None:
    page = text(signed_in(make_member()), path(answer))

    wanted = ("Always.", "Of any size.", "Money set aside.", "Casey Morgan", "Ask the agency")
    assert [words for words in wanted if words not in page] == []


def test_a_cell_that_is_not_shared_opens_without_its_answer(answer: Answer, casey: User) -> None:
    make_answer(answer.response, make_question(answer.question.survey), "named")
    Answer.objects.filter(pk=answer.pk).update(sharing="counted")
    client = signed_in(make_member())

    page = text(client, path(answer))

    assert ["Not shared" in page, "Of any size." in page, "Casey Morgan" in page] == [True] * 3
    assert ["Always." in page, "Ask the agency" in page] == [False] * 2
    assert send(client, answer).status_code == 403


def test_visitors_read_public_cells_and_no_contacts(answer: Answer, casey: User) -> None:
    before = Client().get(path(answer)).status_code
    Answer.objects.update(sharing="public")
    make_inquiry(answer, state="answered", reply="With patience.")

    page = text(Client(), path(answer))

    assert (before, "With patience." in page, "Casey" in page) == (404, True, False)


def test_asking_leads_to_the_question(answer: Answer, casey: User) -> None:
    client = signed_in(make_member())

    given = send(client, answer)

    inquiry = Inquiry.objects.get()
    assert (given.status_code, given["Location"]) == (302, inquiry.get_absolute_url())
    assert "Since when?" in text(client, given["Location"])


def test_who_asks_about_a_table_can_name_the_row(answer: Answer, casey: User) -> None:
    response = answer.response
    rows, choices = ("state", "county"), ("yes", "no")
    table = make_question(response.wave.survey, type="matrix", rows=rows, choices=choices)
    said = make_answer(response, table, {"state": "yes"}, sharing="members")
    client = signed_in(make_member())

    page = client.get(f"{path(said)}?part=county")
    send(client, said, part="county")
    send(client, said)
    refused = send(client, said, part="city")

    chosen = BeautifulSoup(page.content, "html.parser").select_one("[name=part] [selected]")
    assert chosen is not None
    assert chosen.text == "County"
    asked = Inquiry.objects.order_by("pk").values_list("text", flat=True)
    assert [*asked] == ["County: Since when?", "Since when?"]
    assert "Select a valid choice." in refused.content.decode()
    assert client.get(path(answer)).content.count(b'name="part"') == 0


def test_the_same_form_sent_twice_asks_once(answer: Answer, casey: User) -> None:
    client, operation = signed_in(make_member()), uuid4()

    found = [send(client, answer, operation=operation)["Location"] for _ in range(2)]

    assert found == [Inquiry.objects.get().get_absolute_url()] * 2


@pytest.mark.parametrize("who", ["own", "participant", "organiser"])
def test_only_members_of_other_agencies_ask(answer: Answer, casey: User, who: str) -> None:
    Answer.objects.update(sharing="public")
    people = {
        "own": make_member(answer.response.agency),
        "participant": make_user(),
        "organiser": make_user(is_organiser=True),
    }
    client = signed_in(people[who])

    assert "Ask the agency" not in text(client, path(answer))
    assert send(client, answer).status_code == 403
    assert Inquiry.objects.count() == 0


def test_what_was_typed_stays_when_it_is_too_much(answer: Answer, casey: User) -> None:
    asker, now = make_member(), datetime.now(UTC)
    for _ in range(inquiring.PER_DAY):
        make_inquiry(answer, asker, asked_at=now)

    page = send(signed_in(asker), answer, text="One more?").content.decode()

    assert "You have asked 10 questions within a day." in page
    assert "One more?</textarea>" in page


def test_what_was_typed_stays_when_the_sign_in_has_ended(answer: Answer, casey: User) -> None:
    asker, client = make_member(), Client()

    given = send(client, answer, text="Since when?", person=asker.pk)
    client.force_login(asker)

    assert given["Location"].startswith("/accounts/login/?next=/surveys/")
    assert "Since when?</textarea>" in client.get(path(answer)).content.decode()
    assert Inquiry.objects.count() == 0


def test_a_coordinator_answers(answer: Answer, casey: User) -> None:
    inquiry = make_inquiry(answer)
    client = signed_in(casey)
    address = inquiry.get_absolute_url()
    before = text(client, "/my/"), text(client, "/surveys/questions/")
    client.get(address)

    client.post(address, {"text": "Since 2019.", "is_note": "on"})

    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.reply, inquiry.is_note) == ("answered", "Since 2019.", True)
    assert "1 question waits for an answer of your agency." in before[0]
    assert "How do you do it?" in before[1]
    assert "question waits" not in text(client, "/my/")
    note = text(signed_in(make_member()), path(answer))
    assert ["Since 2019." in note, "Casey" in note] == [True, True]


def test_a_note_does_not_name_who_asked(answer: Answer, casey: User) -> None:
    asker = make_member(name="Ann Asker")
    make_inquiry(answer, asker, state="answered")

    note = text(signed_in(make_member()), path(answer))

    agency = asker.memberships.get().agency
    assert ["How do you do it?" in note, "Ann" in note, agency.name in note] == [True, False, False]


def test_no_tick_publishes_what_nobody_chose(answer: Answer, casey: User) -> None:
    page = signed_in(casey).get(make_inquiry(answer).get_absolute_url())

    ticks = BeautifulSoup(page.content, "html.parser").select("main [name=is_note]")
    assert [tick.has_attr("checked") for tick in ticks] == [False]


def test_an_agency_declines(answer: Answer, casey: User) -> None:
    inquiry = make_inquiry(answer)
    client = signed_in(casey)

    client.post(inquiry.get_absolute_url(), {"decline": "yes", "text": ""})

    assert "would rather not say" in text(client, inquiry.get_absolute_url())
    assert Inquiry.objects.notes_for(casey).count() == 0


def test_who_answers_second_sees_the_first_and_loses_nothing(answer: Answer, casey: User) -> None:
    inquiry = make_inquiry(answer, state="answered", reply="Dana was first.")

    given = signed_in(casey).post(inquiry.get_absolute_url(), {"text": "My long answer."})

    page = given.content.decode()
    assert given.status_code == 409
    assert ["Dana was first." in page, "My long answer.</textarea>" in page] == [True, True]


@pytest.mark.parametrize("who", ["staff", "asker", "organiser"])
def test_only_coordinators_answer_for_the_agency(answer: Answer, casey: User, who: str) -> None:
    asker = make_member()
    inquiry = make_inquiry(answer, asker)
    people = {
        "staff": make_member(answer.response.agency),
        "asker": asker,
        "organiser": make_user(is_organiser=True),
    }
    client = signed_in(people[who])

    found = [
        client.post(inquiry.get_absolute_url() + tail, {"text": "x"}).status_code
        for tail in ("", "note/")
    ]

    assert (found, Inquiry.objects.get().state) == ([403, 403], "open")


def test_the_agency_takes_a_note_back_and_gives_it_again(answer: Answer, casey: User) -> None:
    inquiry = make_inquiry(answer, state="answered")
    client, reader = signed_in(casey), signed_in(make_member())

    found = []
    for word in ("no", "yes"):
        client.post(inquiry.get_absolute_url() + "note/", {"is_note": word})
        found.append("With patience." in text(reader, path(answer)))

    assert found == [False, True]


def test_a_removed_question_shows_its_reason_and_nothing_else(answer: Answer, casey: User) -> None:
    asker, organiser = make_member(), make_user(is_organiser=True)
    inquiry = make_inquiry(answer, asker, state="answered")
    remove = f"/manage/surveys/questions/{inquiry.uid}/remove/"
    client = signed_in(organiser)

    unsaid = client.post(remove, {"reason": " "}).content.decode()
    client.post(remove, {"reason": "Names a case."})

    assert "Say why, so that both sides understand." in unsaid
    pages = [text(signed_in(who), inquiry.get_absolute_url()) for who in (asker, casey)]
    assert ["Names a case." in page for page in pages] == [True, True]
    assert ["How do you do it?" in page or "patience" in page for page in pages] == [False, False]
    assert "Practice notes" not in text(signed_in(make_member()), path(answer))
    assert "How do you do it?" in text(client, "/manage/surveys/questions/?state=removed")
    assert "How do you do it?" not in text(client, "/manage/surveys/questions/?state=open")


def test_notes_are_marked_in_the_table_for_who_may_read_them(answer: Answer) -> None:
    make_inquiry(answer, state="answered")
    address = f"/surveys/{answer.response.wave.slug}/findings/"
    client = signed_in(make_member())
    make_answer(answer.response, make_question(answer.question.survey), "named")

    before = text(client, address)
    Answer.objects.filter(pk=answer.pk).update(sharing="counted")

    assert ["Practice note" in before, "Practice note" in text(client, address)] == [True, False]


def test_the_lists_ask_as_much_for_many_as_for_few(
    answer: Answer, casey: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    organiser = signed_in(make_user(is_organiser=True))
    client = signed_in(casey)
    now = datetime.now(UTC)

    for _ in range(2):
        for number in range(3):
            make_inquiry(answer, casey, asked_at=now - timedelta(days=number))
            make_inquiry(answer, asked_at=now, state="answered")
        with django_assert_num_queries(7):
            client.get("/surveys/questions/")
        with django_assert_num_queries(4):
            organiser.get("/manage/surveys/questions/")
