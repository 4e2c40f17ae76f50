"""Skills, who has or wants them, and mentors' profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User


class Skill(Model):
    """One skill of the taxonomy; `aliases` are other spellings, lower case."""

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=80)
    aliases: list[str] = fields.JSONField(default=list)

    class Meta:
        table = "skill"


class UserSkill(Model):
    """A skill that a person wants to learn (`want`) or can teach (`teach`)."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="skills")
    user_id: int
    skill: fields.ForeignKeyRelation[Skill] = fields.ForeignKeyField(
        "models.Skill", related_name="people"
    )
    skill_id: int
    kind = fields.CharField(max_length=8)
    level = fields.CharField(max_length=16, default="")

    class Meta:
        table = "user_skill"
        unique_together = (("user", "skill", "kind"),)


class MentorProfile(Model):
    """What a mentor says of themselves, and where the review of it stands."""

    id = fields.BigIntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name="mentor_profile"
    )
    user_id: int
    status = fields.CharField(max_length=20, default="draft")
    headline = fields.CharField(max_length=140, default="")
    bio = fields.TextField(default="")
    languages: list[str] = fields.JSONField(default=list)
    reason = fields.TextField(default="")
    submitted_at = fields.DatetimeField(null=True)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "mentor_profile"
        indexes = (("status",),)
