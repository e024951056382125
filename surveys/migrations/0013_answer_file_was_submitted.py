"""Files that were handed in are kept with what they were part of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0012_mutual_sections")]
    operations = [
        migrations.AddField(
            model_name="answerfile",
            name="was_submitted",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
