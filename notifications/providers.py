"""Mail providers: how a message says to them which one it is, and where they report."""

import json
from collections.abc import Mapping

from django.conf import settings

NAME = "outbox"  # what our number of a message is called in a provider's report
# Where anymail reads each provider's reports.
REPORTS: Mapping[str, str] = {
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
}


def headers(number: str) -> dict[str, str]:
    """Return the headers by which the provider in use tells us of this message."""
    if settings.MAIL_PROVIDER == "postmark":
        return {f"X-PM-Metadata-{NAME}": number, "X-PM-KeepID": "true"}
    if settings.MAIL_PROVIDER == "mailgun":
        return {"X-Mailgun-Variables": json.dumps({NAME: number})}
    return {}
