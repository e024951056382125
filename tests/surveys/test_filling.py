"""A whole section with its files, as a form sends it."""

import pytest

from surveys.models import AnswerFile, Question, Response
from tests.browsers import Client
from tests.factories import (
    make_member,
    make_question,
    make_user,
)
from tests.surveys.scenes import (
    PDF,
    make_page,
    pdf,
    save,
    submit,
    values,
)


def test_a_section_saves_and_goes_on(response: Response, question: Question) -> None:
    make_question(response.wave.survey, section="more")
    page = make_page(response)

    answer = page.send(question, value__budget="5")

    assert (answer.status_code, answer["Location"].partition("&")[2]) == (302, "section=more")
    assert values(response) == {"budget": 5}


@pytest.mark.parametrize(
    ("button", "path"),
    [({}, "/review/"), ({"later": "1"}, "/surveys/"), ({"stay": "budget"}, "#q-budget")],
)
def test_the_buttons_lead_on(
    response: Response, question: Question, button: dict[str, str], path: str
) -> None:
    answer = make_page(response).send(question, value__budget="5", **button)

    assert path in answer["Location"]


def test_bad_input_keeps_what_was_typed_and_saves_the_rest(
    response: Response, question: Question
) -> None:
    other = make_question(response.wave.survey, key="words")
    page = make_page(response)

    answer = page.send(question, other, value__budget="many", value__words="good")

    shown = answer.content.decode()
    assert (answer.status_code, values(response)) == (200, {"words": "good"})
    assert ['value="many"' in shown, "1 answer needs your attention" in shown] == [True, True]


def test_a_form_meets_a_colleagues_answer_and_the_person_chooses(
    response: Response, question: Question
) -> None:
    page = make_page(response)
    save(response, question, 40, by=make_member(response.agency, name="Dana"))

    clash = page.send(question, value__budget="41").content.decode()
    undecided = page.send(question, value__budget="41", conflict__budget="1", seen__budget="1")

    assert ["Dana saved another answer" in clash, 'value="41"' in clash] == [True, True]
    assert b"Choose which answer stays." in undecided.content
    assert values(response) == {"budget": 40}


@pytest.mark.parametrize(("kept", "stands"), [("mine", 41), ("theirs", 40)])
def test_the_chosen_answer_stays(
    response: Response, question: Question, kept: str, stands: int
) -> None:
    page = make_page(response)
    save(response, question, 40)

    page.send(
        question, value__budget="41", seen__budget="1", conflict__budget="1", keep__budget=kept
    )

    assert values(response) == {"budget": stands}


def test_an_answer_is_cleared(response: Response) -> None:
    question = make_question(
        response.wave.survey, key="size", type="single_choice", choices=("small", "large")
    )
    page = make_page(response)
    page.send(question, value__size="small")

    answer = page.send(question, value__size="small", seen__size="1", clear="size")

    assert (answer.status_code, values(response)) == (302, {"size": None})


def test_what_is_sent_after_signing_out_comes_back(response: Response, question: Question) -> None:
    person = make_member(response.agency)
    page = make_page(response, person)
    page.client.logout()

    answer = page.send(question, value__budget="many", person=person.pk)
    page.client.force_login(person)
    back = [page.client.get(page.path).content.decode() for _ in range(2)]

    assert "/accounts/login/?next=" in answer["Location"]
    assert ['value="many"' in html for html in back] == [True, False]
    assert "You were signed out before your answers could be saved." in back[0]


def test_what_somebody_else_typed_is_not_shown(response: Response, question: Question) -> None:
    page = make_page(response)
    page.client.logout()
    page.send(question, value__budget="many", person=make_user().pk)

    page.client.force_login(make_member(response.agency))

    assert b'value="many"' not in page.client.get(page.path).content


def test_a_flood_is_not_held(response: Response, question: Question) -> None:
    page = make_page(response)
    page.client.logout()

    page.send(question, value__budget="x" * 70_000)

    assert "typed-answers" not in page.client.session


def test_very_long_text_is_refused_and_kept(response: Response) -> None:
    question = make_question(response.wave.survey, key="words", type="long_text")

    answer = make_page(response).send(question, value__words="w" * 10_000_000)

    assert answer.status_code == 200
    assert b"Use at most 5000 characters; these are 10000000." in answer.content
    assert len(answer.content) > 10_000_000


def test_files_are_added_given_and_taken_out(response: Response) -> None:
    question = make_question(response.wave.survey, key="manual", type="file")
    page = make_page(response)
    page.send(question, file__manual=[pdf("a.pdf"), pdf("b.pdf")])
    first = AnswerFile.objects.order_by("pk")[0]

    given = page.client.get(f"/surveys/files/{first.uid}/")
    page.send(question, seen__manual="1", remove__manual=[str(first.uid), "silly"])

    assert given["Content-Disposition"] == 'inline; filename="a.pdf"'
    assert b"".join(given) == PDF
    assert [one["name"] for one in values(response)["manual"]] == ["b.pdf"]
    assert page.client.get(f"/surveys/files/{first.uid}/").status_code == 404


def test_a_wrong_file_is_refused_in_words(response: Response) -> None:
    question = make_question(response.wave.survey, key="manual", type="file")

    answer = make_page(response).send(question, file__manual=pdf("a.pdf", b"MZ"))

    shown = answer.content.decode()
    assert "“a.pdf” cannot be read as a .pdf file. Nothing was uploaded." in shown
    assert AnswerFile.objects.count() == 0


@pytest.mark.parametrize(("is_submitted", "status"), [(False, 404), (True, 200)])
def test_organisers_get_files_once_submitted(
    response: Response, organiser_client: Client, status: int, *, is_submitted: bool
) -> None:
    question = make_question(response.wave.survey, key="manual", type="file")
    make_page(response).send(question, file__manual=pdf())
    if is_submitted:
        submit(response)

    answer = organiser_client.get(f"/surveys/files/{AnswerFile.objects.get().uid}/")
    answer.close()

    assert answer.status_code == status
