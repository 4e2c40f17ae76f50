from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0015_attached_files_and_states_of_feeds')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Rhythm',
            name='push_says',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
