from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0035_selfchecks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Divergence',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('run_id', models.UUIDField()),
                ('seq', models.BigIntegerField()),
                ('difference', models.TextField()),
                ('call_sort', models.TextField()),
                ('call_key', models.TextField(null=True)),
                ('name', models.TextField(null=True)),
                ('recorded_key', models.TextField(null=True)),
                ('recorded_seq', models.BigIntegerField(help_text='An entry of the replayed run', null=True)),
                ('node_id', models.TextField(null=True)),
                ('then', models.TextField(help_text='What was done about it')),
            ],
        ),
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('run_id', models.UUIDField()),
                ('seq', models.BigIntegerField()),
                ('call_key', models.TextField()),
                ('call_sort', models.TextField()),
                ('stream', models.TextField(null=True)),
                ('node_id', models.TextField(null=True)),
                ('recorded_seq', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='node',
            name='call_key',
            field=models.TextField(help_text='Names the call, the same in each replay', null=True),
        ),
        migrations.AddField(
            model_name='node',
            name='call_sort',
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name='node',
            name='recorded_seq',
            field=models.BigIntegerField(help_text='The entry of the replayed run that answered the call', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='code_digest',
            field=models.TextField(help_text="Of the entry point's source files", null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='entry_point',
            field=models.TextField(help_text='What it can be begun again by', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='entry_version',
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='from_node',
            field=models.TextField(help_text='Of that run: where a fork is live from', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='program_seq',
            field=models.BigIntegerField(help_text='The entry that states the entry point, with its parameters', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='replay_job',
            field=models.TextField(help_text='The replay that asked for it', null=True),
        ),
        migrations.AddIndex(
            model_name='node',
            index=models.Index(condition=models.Q(('call_key__isnull', False)), fields=['run_id', 'ordinal'], name='calls_of_a_run'),
        ),
    ]
