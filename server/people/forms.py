"""What clients send about people, parsed once at the border."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from server.edge.forms import Form
from server.people.privacy import DEFAULTS, Audience, Privacy

Slug = Annotated[str, StringConstraints(max_length=60)]
Kind = Literal["teach", "want"]
Level = Literal["", "beginner", "intermediate", "advanced"]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]  # BCP 47


class ChangeMe(Form):
    """`PATCH /users/me`: what is left out stays."""

    name: str | None = Field(None, max_length=200)
    about: str | None = Field(None, max_length=20_000)
    timezone: str | None = Field(None, max_length=64)
    headline: str | None = Field(None, max_length=500)
    bio: str | None = Field(None, max_length=20_000)
    languages: list[Language] | None = Field(None, max_length=20)


class ChangeSkills(Form):
    """`PUT /users/me/skills`; `levels` by kind, then slug: what is left out stays."""

    teach: list[Slug] = Field(default_factory=list, max_length=100)
    want: list[Slug] = Field(default_factory=list, max_length=100)
    levels: dict[Kind, dict[Slug, Level]] = Field(default_factory=dict)


class MentorPage(Form):
    """The page of a mentor's profile: all of it is sent each time."""

    headline: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    bio: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    languages: list[Language] = Field(max_length=20)
    skills: list[Slug] = Field(max_length=100)


class TakeRole(Form):
    role: str = Field(max_length=20)


class BasicPage(Form):
    """What everybody writes of themselves."""

    name: str = Field(max_length=200)
    about: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    timezone: str = Field(max_length=64)


class SkillsPage(Form):
    """One press of a button on the page of skills: a skill to add to a list, or one to take out of it
    (`teach:python`). The levels of all that are there come as `level:teach:python`."""

    add: Kind | None = None
    teach: Slug = ""
    teach_level: Level = ""
    want: Slug = ""
    want_level: Level = ""
    remove: str = Field("", max_length=80)


class ChangePrivacy(Form):
    """Who sees what. All of it is sent each time."""

    real_name: Audience = DEFAULTS.real_name
    picture: Audience = DEFAULTS.picture
    follow_list: Audience = DEFAULTS.follow_list
    messages: Audience = DEFAULTS.messages
    recommendations: bool = False

    def settings(self) -> Privacy:
        return Privacy(**self.model_dump())
