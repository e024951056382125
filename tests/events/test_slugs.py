import pytest

from events.slugs import free_slug
from tests.factories import make_webinar
from webinars.models import Webinar


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "slug"),
    [("Liens", "liens-3"), ("Bonds!", "bonds"), ("Feed", "feed-2"), ("¿?", "event")],
)
def test_slug_is_free(title: str, slug: str):
    for taken in ("liens", "liens-2", "liens-4"):
        make_webinar(slug=taken)

    assert free_slug(Webinar.objects.all(), title) == slug
