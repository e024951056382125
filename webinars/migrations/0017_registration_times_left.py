from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webinars", "0016_registration_left_at")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="times_left",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
