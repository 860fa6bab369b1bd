from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0007_attached_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='heard_at',
            field=models.DateTimeField(help_text='When its last entry was recorded', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='end_inferred',
            field=models.BooleanField(db_default=False, help_text='No end was reported; nothing more is heard of it'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('observed_state__in', ('starting', 'running'))), fields=['id'], name='runs_at_work'),
        ),
    ]
