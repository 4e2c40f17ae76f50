from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0023_lessons_and_reviews')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='MentorProfile',
            index=Index(fields=['rating']),
        ),
        ops.AddIndex(
            model_name='Offering',
            index=Index(fields=['rating']),
        ),
    ]
