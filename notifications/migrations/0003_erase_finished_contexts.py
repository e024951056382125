from django.db import migrations

OWED = ["pending", "claimed", "sending"]


def erase(apps, schema_editor):
    """What the texts of finished messages needed, sign-in codes among it, is of no use any more."""
    notifications = apps.get_model("notifications", "Notification").objects
    notifications.exclude(state__in=OWED).exclude(context={}).update(context={})


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_outbox_faults_and_bounces'),
    ]

    operations = [
        migrations.RunPython(erase, migrations.RunPython.noop, elidable=True),
    ]
