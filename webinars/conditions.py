"""Which questions of a registration are put to somebody, by what they have answered so far."""

from collections.abc import Iterable, Mapping

from webinars.models import RegistrationQuestion


def shown(
    questions: Iterable[RegistrationQuestion], answers: Mapping[int, list[str]]
) -> list[RegistrationQuestion]:
    """Return the questions that these answers, by the questions' keys, call for; in order.

    A condition on a question that is itself not shown does not hold.
    """
    found: list[RegistrationQuestion] = []
    keys: set[int] = set()
    for question in questions:
        if question.shown_if_id is not None:
            given = [value.casefold() for value in answers.get(question.shown_if_id, [])]
            is_called_for = question.shown_if_answer.casefold() in given
            if question.shown_if_id not in keys or not is_called_for:
                continue
        found.append(question)
        keys.add(question.pk)
    return found
