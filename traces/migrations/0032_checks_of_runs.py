from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0031_access_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='RunCheck',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('run_id', models.UUIDField()),
                ('by', models.TextField(help_text='user:name or key:prefix')),
                ('asked_ns', models.BigIntegerField()),
                ('attempts', models.SmallIntegerField(default=0)),
                ('token', models.UUIDField(null=True)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('entries', models.BigIntegerField(help_text='How many the run had when the check was asked for')),
                ('entries_done', models.BigIntegerField(default=0)),
                ('ended_ns', models.BigIntegerField(help_text='Null: it goes on', null=True)),
                ('error', models.TextField(help_text='Why nothing can be said', null=True)),
                ('found', models.JSONField(help_text='What was compared: traces.queries.run_checks.Found', null=True)),
                ('differences', models.JSONField(default=list, help_text='[seq or null, sentence], the first 100')),
            ],
            options={
                'indexes': [models.Index(fields=['run_id', '-asked_ns'], name='checks_of_a_run'), models.Index(condition=models.Q(('ended_ns__isnull', True)), fields=['asked_ns'], name='checks_to_be_made')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_ns__isnull', True)), fields=('run_id',), name='a_run_is_checked_once_at_a_time')],
            },
        ),
    ]
