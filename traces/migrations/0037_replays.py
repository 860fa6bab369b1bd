import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0036_calls_have_keys'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('ingest', 'send events and traces'), ('read', 'read the API'), ('control', 'pause, stop, steer'), ('export', 'export bundles'), ('run', 'serve replays'), ('admin', 'everything')]), size=None),
        ),
        migrations.CreateModel(
            name='Runner',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('holder', models.TextField()),
                ('name', models.TextField()),
                ('by', models.TextField(help_text='key:prefix')),
                ('entries', models.JSONField()),
                ('registered_ns', models.BigIntegerField()),
                ('heard_ns', models.BigIntegerField()),
                ('expires_ns', models.BigIntegerField(help_text='Until when it counts as there')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runners', to='traces.project')),
            ],
        ),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('of_run', models.UUIDField()),
                ('run_id', models.UUIDField()),
                ('earlier_runs', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, help_text='Of attempts that died', size=None)),
                ('by', models.TextField(help_text='user:name or key:prefix')),
                ('request_id', models.TextField(help_text="The asker's own")),
                ('likeness', models.TextField(help_text='SHA-256 of what is asked for')),
                ('point', models.TextField()),
                ('asked_ns', models.BigIntegerField()),
                ('mode', models.TextField(choices=[('recorded', 'recorded'), ('fork', 'fork'), ('live', 'live')])),
                ('from_node', models.TextField(null=True)),
                ('from_seq', models.BigIntegerField(help_text='The entry that first names from_node', null=True)),
                ('overrides', models.JSONField()),
                ('is_strict', models.BooleanField()),
                ('entry_point', models.TextField()),
                ('code_digest', models.TextField(help_text='What the replayed run says of its code', null=True)),
                ('stage', models.TextField(choices=[('waiting', 'no runner has taken it'), ('claimed', 'a runner took it and has not begun'), ('running', 'the program runs'), ('completed', 'the program came to its end'), ('failed', 'it did not come to its end'), ('expired', 'no runner came for it in time'), ('cancelled', 'a person ended it')], default='waiting')),
                ('attempts', models.SmallIntegerField(default=0)),
                ('runner_name', models.TextField(null=True)),
                ('runner_digest', models.TextField(help_text='What the runner says of its code', null=True)),
                ('expires_ns', models.BigIntegerField(help_text="The lease's end; of one that waits, until when")),
                ('claimed_ns', models.BigIntegerField(null=True)),
                ('running_ns', models.BigIntegerField(null=True)),
                ('ended_ns', models.BigIntegerField(null=True)),
                ('cancelled_by', models.TextField(help_text='Who asked that it end', null=True)),
                ('reason', models.TextField(help_text='Why it ended so', null=True)),
                ('last_words', models.TextField(help_text='The end of what the program printed', null=True)),
                ('judged', models.JSONField(help_text='See traces.analytics.fidelity', null=True)),
                ('judged_size', models.BigIntegerField(help_text='Of how many entries of run_id', null=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replays', to='traces.project')),
                ('runner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replays', to='traces.runner')),
            ],
        ),
        migrations.AddConstraint(
            model_name='runner',
            constraint=models.UniqueConstraint(fields=('project', 'holder'), name='a_process_is_one_runner_of_its_project'),
        ),
        migrations.AddIndex(
            model_name='replay',
            index=models.Index(fields=['of_run', '-asked_ns'], name='replays_of_a_run'),
        ),
        migrations.AddIndex(
            model_name='replay',
            index=models.Index(fields=['run_id'], name='replays_by_their_run'),
        ),
        migrations.AddIndex(
            model_name='replay',
            index=models.Index(condition=models.Q(('stage__in', ('waiting', 'claimed', 'running'))), fields=['project', 'asked_ns'], name='replays_that_are_open'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.UniqueConstraint(fields=('of_run', 'request_id'), name='a_request_makes_one_replay'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.UniqueConstraint(condition=models.Q(('stage__in', ('waiting', 'claimed', 'running'))), fields=('of_run', 'likeness'), name='one_replay_of_a_kind_is_open'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.UniqueConstraint(condition=models.Q(('stage__in', ('claimed', 'running'))), fields=('of_run', 'point'), name='one_replay_of_a_point_is_held'),
        ),
    ]
