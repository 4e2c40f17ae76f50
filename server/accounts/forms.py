"""What clients send about accounts, parsed once at the border."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.edge.forms import Form

MAX_PASSWORD_SENT = 1024  # longer ones are refused before they are hashed


class Register(Form):
    email: str = Field(max_length=320)
    username: str = Field(max_length=100)
    password: str = Field(max_length=MAX_PASSWORD_SENT)
    role: Literal["learner", "mentor"] = "learner"
    timezone: str = Field("UTC", max_length=64)
    name: str = Field("", max_length=200)
    skills: list[str] = Field(default_factory=list, max_length=30)
    interests: list[str] = Field(default_factory=list, max_length=30)


class JoinStaff(Form):
    """Who takes up an invitation with a new account: the address is the invitation's."""

    username: str = Field(max_length=100)
    password: str = Field(max_length=MAX_PASSWORD_SENT)
    timezone: str = Field("UTC", max_length=64)
    name: str = Field("", max_length=200)


class LogIn(Form):
    identifier: str = Field(max_length=320)
    password: str = Field(max_length=MAX_PASSWORD_SENT)
    code: str = Field("", max_length=64)


class Code(Form):
    code: str = Field(max_length=64)


class Confirm(Form):
    password: str = Field("", max_length=MAX_PASSWORD_SENT)
    code: str = Field("", max_length=64)


class ChangePassword(Form):
    current: str = Field(max_length=MAX_PASSWORD_SENT)
    password: str = Field(max_length=MAX_PASSWORD_SENT)


class Token(Form):
    token: str = Field(max_length=256)


class Email(Form):
    email: str = Field(max_length=320)


class MaybeEmail(Form):
    email: str = Field("", max_length=320)


class NewPassword(Form):
    token: str = Field(max_length=256)
    password: str = Field(max_length=MAX_PASSWORD_SENT)
