from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0008_closing_accounts')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Delivery',
            name='cause',
            field=fields.CharField(default='', db_default='', max_length=80),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['cause']),
        ),
        # Made anew, while nobody has one: on SQLite a removed field takes the keys of its table with it.
        ops.DeleteModel(name='Inbox'),
        ops.CreateModel(
            name='Inbox',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user', fields.OneToOneField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='inbox', on_delete=OnDelete.CASCADE)),
                ('last_seq', fields.BigIntField(default=0)),
                ('unread', fields.BigIntField(default=0)),
            ],
            options={'table': 'inbox', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
