from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0006_notifications_and_messages')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Certificate',
            name='listed',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='RoomState',
            name='seen_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
