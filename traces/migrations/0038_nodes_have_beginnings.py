from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0037_replays'),
    ]

    operations = [
        migrations.AddField(
            model_name='node',
            name='begun_seq',
            field=models.BigIntegerField(help_text='The first entry that reports the node itself, where its run can be replayed', null=True),
        ),
    ]
