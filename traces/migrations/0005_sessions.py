from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0004_resources'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='session_ns',
            field=models.BigIntegerField(help_text='When what names the session began; the first one stands', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='is_session_stated',
            field=models.BooleanField(db_default=False, help_text='The run itself names its session, not one of its nodes'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('session_id__isnull', False)), fields=['project', 'session_id', 'id'], name='runs_of_a_session'),
        ),
        # So far only a run itself could name its session.
        migrations.RunSQL(
            "UPDATE traces_run SET is_session_stated = true WHERE session_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
