from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0004_chat_numbers')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='Login',
            index=Index(fields=['user_id']),
        ),
        ops.AddIndex(
            model_name='OneTimeToken',
            index=Index(fields=['user_id']),
        ),
    ]
