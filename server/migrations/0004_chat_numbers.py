from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [('models', '0003_people_and_security')]

    initial = False

    operations = [
        ops.RemoveField(
            model_name='RoomState',
            name='chat_seq',
        ),
    ]
