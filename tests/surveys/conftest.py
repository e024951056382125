"""An agency that is asked in an open wave, and one question."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from surveys.models import Question, Response
from tests.factories import make_question
from tests.surveys.scenes import make_open_response


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    """Files of the tests go to a folder of their own."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def response() -> Response:
    """An agency that is asked in an open wave."""
    return make_open_response()


@pytest.fixture
def question(response: Response) -> Question:
    """A question that takes a number."""
    return make_question(response.wave.survey, key="budget", label="Your budget?", type="number")


@pytest.fixture
def real_now() -> datetime:
    """The real clock's time, at which the wave is open."""
    return datetime.now(UTC)
