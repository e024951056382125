"""A mail server that refuses everything: nothing is burned, and it goes on by itself."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Sum, TextField, Value
from django.db.models.functions import Concat
from pytest_django import Settings

from accounts.models import User
from notifications import delivering, relaying
from notifications.claiming import database_time
from notifications.models import Notification, Relay
from tests.browsers import Client
from tests.factories import NOW, make_registration, make_user, make_webinar
from tests.postbox import Postbox
from tests.threads import at_once
from webinars import reminders
from webinars.models import Registration

NUMBER, STOP = 50, relaying.STOP_AFTER
REFUSAL = "554 5.7.1 we take nothing from you"


@pytest.fixture(autouse=True)
def _owed(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=datetime.now(UTC) + timedelta(minutes=50))
    for number in range(NUMBER):
        make_registration(webinar, make_user(email=f"reader@agency-{number}.example.org"))
    reminders.queue_due(now=datetime.now(UTC))


def drain() -> Counter[str]:
    """Send what is owed; return how many are in each state."""
    delivering.drain()
    return Counter(Notification.objects.values_list("state", flat=True))


def knock() -> Counter[str]:
    """Let the moment of the next probe, and of every next try, come; then send."""
    Relay.objects.filter(probe_at__isnull=False).update(probe_at=datetime.now(UTC))
    Notification.objects.update(next_try_at=None)
    return drain()


def refuse_content(box: Postbox) -> None:
    box.answer = REFUSAL


def refuse_content_for_now(box: Postbox) -> None:
    box.answer = "451 4.7.1 too many messages"


def refuse_sender(box: Postbox) -> None:
    box.sender_answer = REFUSAL


def refuse_login(box: Postbox) -> None:
    box.takes_login = False


REFUSALS = [refuse_content, refuse_content_for_now, refuse_sender, refuse_login]


@pytest.fixture(params=REFUSALS, ids=lambda one: one.__name__)
def shown(request: Any, postbox: Postbox, settings: Settings) -> int:
    """Let the server refuse all; return how many messages it is shown before we stop."""
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "secret"
    request.param(postbox)
    return 1 if request.param in (refuse_sender, refuse_login) else STOP


def test_server_that_refuses_all_burns_nothing(shown: int, postbox: Postbox) -> None:
    refused = [drain(), drain(), knock(), drain()]
    tries = Notification.objects.aggregate(tries=Sum("attempts"))["tries"]
    postbox.answer = postbox.sender_answer = "250 OK"
    postbox.takes_login = True
    meanwhile, in_the_end = drain(), knock()

    assert refused == [{"pending": NUMBER}] * 4
    assert tries == shown + 1  # the probe
    assert (meanwhile, in_the_end) == ({"pending": NUMBER}, {"sent": NUMBER})
    assert (len(postbox.received), relaying.current()) == (NUMBER, None)
    assert len({message["Message-ID"] for message in postbox.received}) == NUMBER


def test_probes_take_one_message_each_at_growing_intervals(postbox: Postbox) -> None:
    refuse_content(postbox)
    drain()
    waits = []
    for _ in range(5):
        relay = Relay.objects.get()
        assert relay.probe_at
        waits.append(round((relay.probe_at - database_time()).total_seconds()))
        knock()

    assert waits == [30, 60, 120, 240, 300]
    tried = Notification.objects.filter(attempts=1).count()
    assert (tried, Notification.objects.filter(attempts=0).count()) == (STOP + 5, NUMBER - STOP - 5)


def test_probe_that_is_not_sent_lets_the_next_one_go(postbox: Postbox) -> None:
    refuse_content(postbox)
    drain()
    postbox.answer = "250 OK"
    Registration.objects.filter(pk__in=Registration.objects.order_by("pk")[STOP : STOP + 2]).update(
        state="cancelled", cancelled_at=NOW
    )

    assert knock() == {"cancelled": 2, "sent": NUMBER - 2}


def test_recipients_refusals_are_their_own(postbox: Postbox) -> None:
    addresses = User.objects.order_by("pk").values_list("email", flat=True)
    postbox.refused = dict.fromkeys(addresses[:STOP], "550 5.1.1 no such user")

    assert drain() == {"failed": STOP, "sent": NUMBER - STOP}


def test_one_domain_that_dislikes_us_stops_nobody(postbox: Postbox) -> None:
    User.objects.exclude(pk__in=User.objects.order_by("pk")[STOP + 1 :]).update(
        email=Concat("pk", Value("@strict.example.org"), output_field=TextField())
    )
    strict = User.objects.filter(email__endswith="@strict.example.org").values_list("email")
    postbox.refused = {email: REFUSAL for (email,) in strict}

    assert drain() == {"failed": STOP + 1, "sent": NUMBER - STOP - 1}


def test_server_that_denies_relaying_to_all_domains_burns_a_few(postbox: Postbox) -> None:
    postbox.refused = dict.fromkeys(User.objects.values_list("email", flat=True), REFUSAL)

    assert drain() == {"failed": STOP, "pending": NUMBER - STOP}


def test_single_message_that_is_refused_again_and_again_stops_nobody(postbox: Postbox) -> None:
    Notification.objects.exclude(pk=Notification.objects.earliest("pk").pk).delete()
    refuse_content(postbox)

    states = [knock() for _ in range(2 * STOP)]

    assert (states[-1], relaying.current()) == ({"pending": 1}, None)


@pytest.mark.django_db(transaction=True)
def test_several_workers_stop_together(postbox: Postbox) -> None:
    refuse_content(postbox)

    at_once(lambda _: delivering.drain(), range(3))

    tried = Notification.objects.aggregate(tries=Sum("attempts"))["tries"]
    assert STOP <= tried < STOP + 3
    assert Counter(Notification.objects.values_list("state", flat=True)) == {"pending": NUMBER}


def test_alarm_stands_in_the_figures_the_console_and_the_log_of_deliveries(
    postbox: Postbox, client: Client, organiser_client: Client
) -> None:
    refuse_content(postbox)
    before = client.get("/metrics").content.decode()
    drain()

    after = client.get("/metrics").content.decode()
    assert ("ciwo_mail_stopped 0.0" in before, "ciwo_mail_stopped 1.0" in after) == (True, True)
    for page in ("/manage/", "/manage/deliveries/"):
        told = organiser_client.get(page).content.decode()
        assert ("The mail server refuses everything" in told, REFUSAL in told) == (True, True)
