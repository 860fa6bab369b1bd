import django.contrib.postgres.fields
from django.db import migrations, models

# So far what a row named was what its source had stated.
STATED = """
UPDATE traces_run SET strategy_stated = strategy, strategy_source = 'stated' WHERE strategy <> 'unknown'"""

# Counts move by differences, so they must be there before the next event; what they speak for, a rebuild concludes.
SIGNS = """
UPDATE traces_run AS run SET signs = counted.signs
FROM (
  SELECT run_id, ARRAY[
    count(*) FILTER (WHERE kind = 'sample'), count(*) FILTER (WHERE kind = 'expansion'),
    count(*) FILTER (WHERE kind = 'rollout'), count(*) FILTER (WHERE kind = 'proposal'),
    count(*) FILTER (WHERE kind = 'critique'), count(*) FILTER (WHERE kind = 'revision'),
    count(*) FILTER (WHERE kind = 'agent'), count(*) FILTER (WHERE kind = 'latent'),
    count(*) FILTER (WHERE (is_candidate OR kind = 'sample') AND
      (value IS NOT NULL OR verdict IS NOT NULL OR fate_reason IS NOT DISTINCT FROM 'verifier_rejected')),
    count(*) FILTER (WHERE (is_candidate OR kind = 'sample') AND
      (fate_votes IS NOT NULL OR fate_reason IS NOT DISTINCT FROM 'outvoted')),
    count(*) FILTER (WHERE (is_candidate OR kind = 'sample') AND cluster IS NOT NULL),
    count(*) FILTER (WHERE value IS NOT NULL), count(*) FILTER (WHERE visits IS NOT NULL),
    count(*) FILTER (WHERE fate_reason = 'pruned_low_value'), count(*) FILTER (WHERE fate_reason = 'dead_end')
  ] AS signs
  FROM traces_node GROUP BY run_id
) AS counted
WHERE counted.run_id = run.id"""


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0009_links'),
    ]

    operations = [
        migrations.AlterField(
            model_name='run',
            name='strategy',
            field=models.TextField(db_default='unknown', help_text='What the strongest of its sources says'),
        ),
        migrations.AddField(
            model_name='run',
            name='strategy_source',
            field=models.TextField(db_default='inferred'),
        ),
        migrations.AddField(
            model_name='run',
            name='strategy_stated',
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='strategy_set',
            field=models.TextField(help_text='What a person said it is', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='strategy_set_by',
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='strategy_set_ns',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='strategy_set_reason',
            field=models.TextField(help_text='At most 2,000 characters', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='signs',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], help_text='How many nodes bear each of traces.analytics.signs, in their order', size=None),
        ),
        migrations.RunSQL(STATED, migrations.RunSQL.noop),
        migrations.RunSQL(SIGNS, migrations.RunSQL.noop),
    ]
