"""An organiser says of what failed, and of an address that rests, that they know of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0013_not_reached_index")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="suppression",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
