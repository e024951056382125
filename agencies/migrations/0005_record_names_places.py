"""Agencies lose their part in the record: it names places, which have a table of their own.

The column stays, empty where nothing is said, for the release that still writes it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_notes_become_internal")]
    operations = [
        migrations.AlterField("agency", "programme_role", models.TextField(blank=True, db_default="")),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("agency", "programme_role")]
        ),
    ]
