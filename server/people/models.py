"""Skills, who has or wants them, and mentors' profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

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
    level_basis = fields.CharField(max_length=12, default="own", db_default="own")  # assessed, verified
    verified_at = fields.DatetimeField(null=True)

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
    rate_minor = fields.IntField(null=True)  # of one hour
    currency = fields.CharField(max_length=3, default="", db_default="")
    buffer_minutes = fields.IntField(default=0, db_default=0)
    notice_minutes = fields.IntField(default=720, db_default=720)
    rating = fields.FloatField(null=True)  # what all reviews come to; feedback writes it
    rating_count = fields.IntField(default=0, db_default=0)
    reason = fields.TextField(default="")
    submitted_at = fields.DatetimeField(null=True)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "mentor_profile"
        indexes = (("status",), ("rating",))


class MentorRevision(Model):
    """Changes to an approved profile that wait for review; what is shown stays as it was."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="mentor_revisions"
    )
    user_id: int
    content: dict[str, object] = fields.JSONField()
    status = fields.CharField(max_length=12, default="submitted")
    reason = fields.TextField(default="")
    created_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "mentor_revision"
        indexes = (("status",),)


class Profile(Model):
    """What a person shows of themselves, whatever their roles, and how far they are with it.

    `picture` is the storage key of the re-encoded picture; `tours` names the tours seen or dismissed."""

    id = fields.BigIntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField("models.User", related_name="profile")
    user_id: int
    about = fields.TextField(default="")
    picture = fields.CharField(max_length=200, default="")
    onboarding: dict[str, object] = fields.JSONField(default=dict)
    tours: list[str] = fields.JSONField(default=list)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "profile"


class PrivacySetting(Model):
    """Who sees what: "everyone", "members" or "nobody"; no row means the defaults of `privacy.py`."""

    id = fields.BigIntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField("models.User", related_name="privacy")
    user_id: int
    real_name = fields.CharField(max_length=10)
    picture = fields.CharField(max_length=10)
    follow_list = fields.CharField(max_length=10)
    messages = fields.CharField(max_length=10)
    recommendations = fields.BooleanField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "privacy_setting"


class Follow(Model):
    id = fields.BigIntField(primary_key=True)
    follower: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="following"
    )
    follower_id: int
    followed: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="followers"
    )
    followed_id: int
    created_at = fields.DatetimeField()

    class Meta:
        table = "follow"
        unique_together = (("follower", "followed"),)


class Block(Model):
    id = fields.BigIntField(primary_key=True)
    blocker: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="blocks"
    )
    blocker_id: int
    blocked: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="blocked_by"
    )
    blocked_id: int
    created_at = fields.DatetimeField()

    class Meta:
        table = "block"
        unique_together = (("blocker", "blocked"),)


class Assessment(Model):
    """One try at a skill's questionnaire. `questions` are the ids asked, `answers` what was chosen."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="assessments"
    )
    user_id: int
    skill: fields.ForeignKeyRelation[Skill] = fields.ForeignKeyField(
        "models.Skill", related_name="assessments"
    )
    skill_id: int
    questions: list[str] = fields.JSONField(default=list)
    answers: dict[str, int] = fields.JSONField(default=dict)
    score = fields.IntField(null=True)  # percent
    level = fields.CharField(max_length=16, default="")
    started_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "assessment"
        indexes = (("user_id", "skill_id"),)


class Credential(Model):
    """A certificate, degree or other evidence a person gives; its file is seen by reviewers alone.

    With a skill it is evidence for the level claimed in it."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="credentials"
    )
    user_id: int
    skill: fields.ForeignKeyNullableRelation[Skill] = fields.ForeignKeyField(
        "models.Skill", related_name="evidence", null=True
    )
    skill_id: int | None
    title = fields.CharField(max_length=140)
    issuer = fields.CharField(max_length=140, default="")
    year = fields.IntField(null=True)
    level = fields.CharField(max_length=16, default="")
    file = fields.CharField(max_length=200, default="")
    content_type = fields.CharField(max_length=60, default="")
    status = fields.CharField(max_length=12, default="submitted")
    reason = fields.TextField(default="")
    created_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "credential"
        indexes = (("status",),)


class AvailabilityRule(Model):
    """Weekly hours in the mentor's own zone: `weekday` 0 is Monday, minutes count from midnight."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="availability_rules"
    )
    user_id: int
    weekday = fields.SmallIntField()
    start_minute = fields.IntField()
    end_minute = fields.IntField()

    class Meta:
        table = "availability_rule"
        indexes = (("user_id",),)


class AvailabilityOverride(Model):
    """Other hours on some dates, both included: none (a vacation), or those from start to end."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="availability_overrides"
    )
    user_id: int
    first_date = fields.DateField()
    last_date = fields.DateField()
    start_minute = fields.IntField(null=True)
    end_minute = fields.IntField(null=True)
    note = fields.CharField(max_length=140, default="")

    class Meta:
        table = "availability_override"
        indexes = (("user_id",),)
