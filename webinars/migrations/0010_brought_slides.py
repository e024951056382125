import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('library', '0006_organisers_only'),
        ('webinars', '0009_access_need_how'),
    ]

    operations = [
        migrations.AddField(
            model_name='presenter',
            name='slides',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='brought_by', to='library.resource'),
        ),
    ]
