from django.db import migrations, models


class Migration(migrations.Migration):
    # How ties of earlier runs were broken stands in the ledger; a rebuild reads it from there.

    dependencies = [
        ('traces', '0021_readable_reasoning'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='tie_break',
            field=models.TextField(help_text='How a tie was broken', null=True),
        ),
    ]
