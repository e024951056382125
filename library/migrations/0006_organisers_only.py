from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('library', '0005_versions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='resource',
            name='visibility',
            field=models.CharField(choices=[('public', 'Everyone'), ('members', 'Agency staff'), ('community', 'One community'), ('organisers', 'Organizers only')], default='community', max_length=10, verbose_name='who may see it'),
        ),
    ]
