from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0017_runs_in_other_orders'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='replay_mode',
            field=models.TextField(help_text='How it replays that run', null=True),
        ),
    ]
