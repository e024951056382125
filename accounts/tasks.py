"""Work that the clock starts."""

from celery import shared_task

from accounts import sealing


@shared_task
def seal_second_factors() -> None:
    """Encrypt the secrets of second factors under the newest key, after it has changed."""
    sealing.seal_all()
