from django.db import migrations, models

# What a row said of a budget was its hard limit. When it was stated is not known to the row, but for the run's start,
# and neither are soft limits, nor amounts in other forms than these: a rebuild reads them from the ledger.
LINES = """
UPDATE traces_run SET budgets = (
  SELECT coalesce(jsonb_object_agg(key, CASE WHEN jsonb_typeof(value) = 'object' THEN value ELSE
    jsonb_strip_nulls(jsonb_build_object('hard', value, 'on_hit', 'stop', 'on_soft', 'warn',
      'version', 1, 'source', 'run', 'set_ns', started_ns)) END), '{}')
  FROM jsonb_each(budgets)
  WHERE jsonb_typeof(value) = 'object'
    OR key IN ('tokens', 'reasoning_tokens', 'usd', 'seconds', 'tool_calls', 'model_calls', 'samples', 'depth')
    AND value #>> '{}' ~ '^[0-9]{1,12}([.][0-9]{1,18})?$')
WHERE budgets <> '{}'"""


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0012_verdicts_from_elsewhere'),
    ]

    operations = [
        migrations.AlterField(
            model_name='run',
            name='budgets',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), help_text='By dimension; see traces.analytics.budget_line'),
        ),
        migrations.RunSQL(LINES, migrations.RunSQL.noop),
    ]
