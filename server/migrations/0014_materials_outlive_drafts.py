"""Makes the table of materials anew, which nothing has written to: one whose draft was deleted has no session.

Changed in place it would lose its index on SQLite."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0013_offerings_of_sessions')]

    initial = False

    operations = [
        ops.DeleteModel(name='Material'),
        ops.CreateModel(
            name='Material',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.UUIDField(default=uuid4, unique=True)),
                ('session', fields.ForeignKeyField('models.Session', source_field='session_id', null=True, db_constraint=True, to_field='id', related_name='materials', on_delete=OnDelete.SET_NULL)),
                ('uploader', fields.ForeignKeyField('models.User', source_field='uploader_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('name', fields.CharField(max_length=200)),
                ('content_type', fields.CharField(max_length=100)),
                ('size', fields.BigIntField()),
                ('sha256', fields.CharField(max_length=64)),
                ('storage_key', fields.CharField(max_length=200)),
                ('phase', fields.CharField(default='before', max_length=8)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('told_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'material', 'app': 'models', 'indexes': [Index(fields=['session_id', 'phase']), Index(fields=['uploader_id', 'created_at']), Index(fields=['storage_key'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
