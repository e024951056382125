"""Close the notes that were loaded with the directory until somebody has read them."""

from django.db import migrations
from django.db.models import F


def close(apps, schema_editor):
    """Make each note internal; the public one is empty then."""
    agencies = apps.get_model('agencies', 'Agency').objects.filter(internal_note='')
    agencies.exclude(note='').update(internal_note=F('note'), note='')


def open_again(apps, schema_editor):
    """Put each note back to where the version before looks for it."""
    agencies = apps.get_model('agencies', 'Agency').objects.filter(note='')
    agencies.exclude(internal_note='').update(note=F('internal_note'), internal_note='')


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_agency_internal_note'),
    ]

    operations = [
        migrations.RunPython(close, open_again),
    ]
