from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0034_time_stamps'),
    ]

    operations = [
        migrations.CreateModel(
            name='Selfcheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked_at', models.DateTimeField()),
                ('seconds', models.FloatField()),
                ('figures', models.JSONField()),
                ('absent', models.JSONField(default=list, help_text='Files that were not there')),
                ('troubles', models.JSONField(default=list, help_text='Sentences on files that were not usable')),
            ],
        ),
    ]
