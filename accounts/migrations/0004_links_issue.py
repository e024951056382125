from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_calendar_key")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="links_issue",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
