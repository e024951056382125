"""The delivery log asks at each view whether anything did not reach its reader."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table is large, and mail goes on meanwhile

    dependencies = [("notifications", "0012_keep_what_did_not_reach_people")]

    operations = [
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                fields=["-id"],
                condition=models.Q(state__in=["failed", "parked", "expired"]),
                name="notification_not_reached",
            ),
        ),
    ]
