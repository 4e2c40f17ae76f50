from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0025_lesson_files')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Issue',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.UUIDField(default=uuid4, unique=True)),
                ('booking', fields.ForeignKeyField('models.Booking', source_field='booking_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('opener', fields.ForeignKeyField('models.User', source_field='opener_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('side', fields.CharField(max_length=8)),
                ('category', fields.CharField(max_length=20)),
                ('text', fields.CharField(default='', max_length=2000)),
                ('status', fields.CharField(default='open', max_length=8)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('taken_by', fields.ForeignKeyField('models.User', source_field='taken_by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('taken_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('resolution', fields.CharField(default='', max_length=8)),
                ('refund_minor', fields.BigIntField(default=0)),
                ('credit_minor', fields.BigIntField(default=0)),
                ('answer', fields.CharField(default='', max_length=2000)),
                ('decided_by', fields.ForeignKeyField('models.User', source_field='decided_by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'issue', 'app': 'models', 'indexes': [Index(fields=['booking_id']), Index(fields=['status', 'due_at']), Index(fields=['opener_id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Verdict',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('booking', fields.OneToOneField('models.Booking', source_field='booking_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('session', fields.ForeignKeyField('models.Session', source_field='session_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('learner', fields.ForeignKeyField('models.User', source_field='learner_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('mentor', fields.ForeignKeyField('models.User', source_field='mentor_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('rule', fields.CharField(max_length=12)),
                ('outcome', fields.CharField(max_length=20)),
                ('due_min', fields.IntField()),
                ('taught_min', fields.IntField()),
                ('node_min', fields.IntField()),
                ('own_min', fields.IntField()),
                ('refund_minor', fields.BigIntField()),
                ('credit_minor', fields.BigIntField()),
                ('currency', fields.CharField(max_length=3)),
                ('evidence', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('decided_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'verdict', 'app': 'models', 'indexes': [Index(fields=['session_id']), Index(fields=['learner_id', 'decided_at']), Index(fields=['mentor_id', 'decided_at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Payment',
            name='held_for',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
    ]
