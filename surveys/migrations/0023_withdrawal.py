"""What was withdrawn of published totals, by whom and why; and which figures raise an alarm."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0022_answers_covered_as_read'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='figure',
            name='alarm_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('release', 'The whole release'), ('question', 'One question'), ('figure', 'One figure')], max_length=10)),
                ('part', models.CharField(blank=True, max_length=80)),
                ('group', models.CharField(blank=True, max_length=30)),
                ('reason', models.TextField()),
                ('internal_reason', models.TextField(blank=True)),
                ('withdrawn_at', models.DateTimeField()),
                ('question', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.question')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='withdrawals', to='surveys.release')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='figure',
            name='withdrawal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='figures', to='surveys.withdrawal'),
        ),
        migrations.AddIndex(
            model_name='figure',
            index=models.Index(condition=models.Q(('alarm_since__isnull', False)), fields=['release'], name='alarming_figure'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawal__isnull', True), ('number__isnull', True), _connector='OR'), name='withdrawn_figure_tells_nothing'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(('scope', 'release'), ('question__isnull', False), _connector='XOR'), name='question_unless_the_whole_release_is_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.UniqueConstraint(condition=models.Q(('scope', 'release')), fields=('release',), name='one_withdrawal_per_release'),
        ),
    ]
