from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0032_checks_of_runs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='removal',
            name='by',
            field=models.TextField(help_text='Null: its entry does not say', null=True),
        ),
    ]
