from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0010_when_messages_were_read')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='AvailabilityOverride',
            index=Index(fields=['user_id']),
        ),
        ops.AddIndex(
            model_name='AvailabilityRule',
            index=Index(fields=['user_id']),
        ),
    ]
