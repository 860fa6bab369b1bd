from django.db import migrations, models

from traces.migrations._partitioned import CreatePartitionedModel


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0008_quiet_runs'),
    ]

    operations = [
        CreatePartitionedModel(
            name='Link',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'source', 'kind', 'trace_id', 'target', blank=True, editable=False, primary_key=True, serialize=False)),
                ('run_id', models.UUIDField()),
                ('source', models.TextField()),
                ('kind', models.TextField()),
                ('trace_id', models.TextField()),
                ('target', models.TextField()),
                ('seq', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['trace_id'], name='links_into_a_trace')],
            },
        ),
    ]
