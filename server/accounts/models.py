"""Accounts, their roles, logins and one-time tokens. Of every secret only a hash is stored."""

from __future__ import annotations

from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

USERNAME_KEY_LENGTH = 64
EMAIL_KEY_LENGTH = 640


class User(Model):
    """One person. The `_key` columns hold what must be unique whatever the spelling (NFKC, casefold)."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    username = fields.CharField(max_length=32)
    username_key = fields.CharField(max_length=USERNAME_KEY_LENGTH, unique=True)
    email = fields.CharField(max_length=320)
    email_key = fields.CharField(max_length=EMAIL_KEY_LENGTH, unique=True)
    password_hash = fields.CharField(max_length=200)
    name = fields.CharField(max_length=100)
    name_words = fields.TextField(default="", db_default="")  # the name, to search in
    timezone = fields.CharField(max_length=64, default="UTC")
    email_verified_at = fields.DatetimeField(null=True)
    terms_version = fields.CharField(max_length=20, default="", db_default="")
    status = fields.CharField(max_length=12, default="active")
    closes_at = fields.DatetimeField(null=True)  # of an account that is closing: when it is emptied
    last_role = fields.CharField(max_length=12, default="")
    created_at = fields.DatetimeField()

    roles: fields.ReverseRelation[RoleGrant]

    class Meta:
        table = "user"


class RoleGrant(Model):
    """A role that a person holds, one of `values.ROLES`."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="roles")
    user_id: int
    role = fields.CharField(max_length=12)
    created_at = fields.DatetimeField()

    class Meta:
        table = "role_grant"
        unique_together = (("user", "role"),)


class Login(Model):
    """One signed-in browser or program, with a secret for the cookie and another for the token."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="logins")
    user_id: int
    cookie_hash = fields.CharField(max_length=64, unique=True)
    bearer_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    last_seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)  # the password or second factor was last given here
    second_factor = fields.BooleanField(default=False, db_default=False)
    revoked_at = fields.DatetimeField(null=True)
    user_agent = fields.CharField(max_length=300, default="")
    address = fields.CharField(max_length=45, default="")

    class Meta:
        table = "login"
        indexes = (("user_id",),)


class OneTimeToken(Model):
    """A token sent by mail: works once, for one purpose, for a while.

    `email` is the address that it is about, where that is not simply the account's own."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="tokens")
    user_id: int
    purpose = fields.CharField(max_length=20)
    email = fields.CharField(max_length=320, default="", db_default="")
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "one_time_token"
        indexes = (("user_id",),)


class Totp(Model):
    """The secret of a person's authenticator (RFC 6238), sealed with the platform's key.

    `last_step` is the newest time step whose code was accepted: a guarded UPDATE makes each work once."""

    id = fields.BigIntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField("models.User", related_name="totp")
    user_id: int
    sealed_secret = fields.CharField(max_length=200)
    last_step = fields.BigIntField(default=0)
    created_at = fields.DatetimeField()
    enabled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "totp"


class RecoveryCode(Model):
    """A code that stands in for the authenticator, once."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="recovery_codes"
    )
    user_id: int
    code_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"


class Invitation(Model):
    """An administrator asks somebody to take up roles; the mail holds the token."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    email = fields.CharField(max_length=320)
    email_key = fields.CharField(max_length=EMAIL_KEY_LENGTH)
    roles: list[str] = fields.JSONField(default=list)
    token_hash = fields.CharField(max_length=64, unique=True)
    invited_by: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="invitations"
    )
    invited_by_id: int
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"
        indexes = (("email_key",),)
