from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DrainedNode',
            fields=[
                ('node_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'drained_node', 'app': 'models', 'pk_attr': 'node_id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='RoomState',
            name='home',
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='RoomState',
            name='node_epoch',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='RoomState',
            name='node_url',
            field=fields.CharField(default='', db_default='', max_length=300),
        ),
    ]
