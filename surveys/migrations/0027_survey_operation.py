from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0026_audit")]

    operations = [
        migrations.AddField(
            model_name="survey",
            name="operation",
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
    ]
