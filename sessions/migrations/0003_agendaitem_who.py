from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('practice_sessions', '0002_public_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='agendaitem',
            name='who',
            field=models.CharField(blank=True, max_length=120, verbose_name='who'),
        ),
    ]
