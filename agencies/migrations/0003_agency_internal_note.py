"""A note for organisers alone, beside the one that everybody reads."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_agency_founded_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='agency',
            name='internal_note',
            field=models.TextField(blank=True, db_default='', verbose_name='internal note'),
        ),
        migrations.AlterField(
            model_name='agency',
            name='note',
            field=models.TextField(blank=True, verbose_name='public note'),
        ),
    ]
