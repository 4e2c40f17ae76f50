from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0016_what_pushes_say')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LedgerAccount',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=80)),
                ('name', fields.CharField(max_length=40)),
                ('owner', fields.ForeignKeyField('models.User', source_field='owner_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('currency', fields.CharField(max_length=3)),
                ('version', fields.BigIntField(default=0)),
            ],
            options={'table': 'ledger_account', 'app': 'models', 'indexes': [Index(fields=['owner_id', 'name'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LedgerTransaction',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('kind', fields.CharField(max_length=40)),
                ('subject', fields.CharField(max_length=60)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ledger_transaction', 'app': 'models', 'indexes': [Index(fields=['subject']), Index(fields=['at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('transaction', fields.ForeignKeyField('models.LedgerTransaction', source_field='transaction_id', db_constraint=True, to_field='id', related_name='entries', on_delete=OnDelete.RESTRICT)),
                ('debit', fields.ForeignKeyField('models.LedgerAccount', source_field='debit_id', db_constraint=True, to_field='id', related_name='debits', on_delete=OnDelete.RESTRICT)),
                ('credit', fields.ForeignKeyField('models.LedgerAccount', source_field='credit_id', db_constraint=True, to_field='id', related_name='credits', on_delete=OnDelete.RESTRICT)),
                ('currency', fields.CharField(max_length=3)),
                ('amount_minor', fields.BigIntField()),
            ],
            options={'table': 'ledger_entry', 'app': 'models', 'indexes': [Index(fields=['debit_id']), Index(fields=['credit_id']), Index(fields=['transaction_id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
