from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0024_ratings_to_search')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LessonFile',
            fields=[
                ('recording', fields.OneToOneField('models.Recording', source_field='recording_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('state', fields.CharField(max_length=12)),
                ('attempts', fields.IntField(default=0)),
                ('done_ms', fields.BigIntField(default=0)),
                ('total_ms', fields.BigIntField(default=0)),
                ('queued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ready_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('media_type', fields.CharField(default='', max_length=40)),
                ('storage_key', fields.CharField(default='', max_length=200)),
                ('size', fields.BigIntField(default=0)),
                ('sha256', fields.CharField(default='', max_length=64)),
                ('duration_ms', fields.BigIntField(default=0)),
                ('poster_key', fields.CharField(default='', max_length=200)),
                ('captions_key', fields.CharField(default='', max_length=200)),
                ('chapters', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('unreadable', fields.IntField(default=0)),
                ('reason', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'lesson_file', 'app': 'models', 'pk_attr': 'recording_id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WatchPosition',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('recording', fields.ForeignKeyField('models.Recording', source_field='recording_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('position_ms', fields.BigIntField(default=0)),
                ('watched_ms', fields.BigIntField(default=0)),
                ('first_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'watch_position', 'app': 'models', 'unique_together': (('recording', 'user'),), 'indexes': [Index(fields=['user_id', 'updated_at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Consent',
            name='text_version',
            field=fields.CharField(default='', db_default='', max_length=16),
        ),
        ops.AddField(
            model_name='Recording',
            name='expires_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Recording',
            name='held_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Recording',
            name='held_by',
            field=fields.ForeignKeyField('models.User', source_field='held_by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.SET_NULL),
        ),
        ops.AddField(
            model_name='Recording',
            name='hold_reason',
            field=fields.CharField(default='', db_default='', max_length=500),
        ),
        ops.AddIndex(
            model_name='Recording',
            index=Index(fields=['state', 'expires_at']),
        ),
        # SQLite builds the table again for a changed column, without its indexes.
        ops.RemoveIndex(model_name="RecordingAccess", fields=["segment_id"]),
        ops.AlterField(
            model_name='RecordingAccess',
            name='segment',
            field=fields.ForeignKeyField('models.Segment', source_field='segment_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='RecordingAccess',
            name='recording',
            field=fields.ForeignKeyField('models.Recording', source_field='recording_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE),
        ),
        ops.AddIndex(
            model_name='RecordingAccess',
            index=Index(fields=['segment_id']),
        ),
        ops.AddIndex(
            model_name='RecordingAccess',
            index=Index(fields=['recording_id', 'at']),
        ),
    ]
