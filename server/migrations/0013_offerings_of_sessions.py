"""Gives every session that had no offering one: those of one mentor and one title share theirs, which has
the id of the earliest of them."""

from __future__ import annotations

from tortoise import migrations
from tortoise.migrations import operations as ops

ONE_A_TITLE = (
    "INSERT INTO offering (id, mentor_id, title, created_at) "
    "SELECT id, mentor_id, title, created_at FROM (SELECT id, mentor_id, title, created_at, "
    "ROW_NUMBER() OVER (PARTITION BY mentor_id, title ORDER BY starts_at, id) AS place "
    "FROM session WHERE offering_id IS NULL) AS dated WHERE place = 1"
)
FOR_ALL_ITS_DATES = (
    "UPDATE session SET offering_id = (SELECT offering.id FROM offering "
    "WHERE offering.mentor_id = session.mentor_id AND offering.title = session.title "
    "ORDER BY offering.created_at, offering.id LIMIT 1) WHERE offering_id IS NULL"
)


class Migration(migrations.Migration):
    dependencies = [("models", "0012_offerings_requests_and_moves")]

    initial = False

    operations = [ops.RunSQL([ONE_A_TITLE, FOR_ALL_ITS_DATES], reverse_sql=ops.RunSQL.noop)]
