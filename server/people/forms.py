"""What clients send about people, parsed once at the border."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from server.edge.forms import Form

Slug = Annotated[str, StringConstraints(max_length=60)]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]  # BCP 47


class ChangeMe(Form):
    """`PATCH /users/me`: what is left out stays."""

    name: str | None = Field(None, max_length=200)
    timezone: str | None = Field(None, max_length=64)
    headline: str | None = Field(None, max_length=500)
    bio: str | None = Field(None, max_length=20_000)
    languages: list[Language] | None = Field(None, max_length=20)


class ChangeSkills(Form):
    """`PUT /users/me/skills`."""

    teach: list[Slug] = Field(default_factory=list, max_length=100)
    want: list[Slug] = Field(default_factory=list, max_length=100)


class MentorPage(Form):
    """The page of a mentor's profile: all of it is sent each time."""

    headline: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    bio: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    languages: list[Language] = Field(max_length=20)
    skills: list[Slug] = Field(max_length=100)


class TakeRole(Form):
    role: str = Field(max_length=20)
