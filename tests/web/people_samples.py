"""What the pages about people are rendered with; who looks is a learner."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from server.edge.paging import Part
from server.people.circle import Face
from server.people.credentials import OwnCredential
from server.people.models import Skill
from server.people.onboarding import TOURS, Step, Welcome
from server.people.privacy import DEFAULTS, Audience
from server.people.values import PublicProfile, SkillRow

SKILLS = (
    SkillRow("python", "Python", "teach", "advanced", "verified"),
    SkillRow("sql", "SQL", "teach", "intermediate", "own"),
)
PROFILE: dict[str, Any] = {
    "username": "mira",
    "name": "Mira Chen",
    "picture": "/media/pictures/0-512.webp",
    "roles": ("mentor",),
    "headline": "Explains with pencil and paper first",
    "about": "I mend databases.\nIn the evening I draw.",
    "bio": "We begin with your question.",
    "languages": ("en", "de"),
    "teaches": ("python", "sql"),
    "skills": SKILLS,
    "approved_mentor": True,
    "followers": 1,
    "following": 12,
    "followed": True,
    "own": False,
    "member_since": datetime(2025, 3, 1, tzinfo=UTC),
}
BARE: dict[str, Any] = {
    **PROFILE,
    "picture": "",
    "roles": ("learner",),
    "headline": "",
    "about": "",
    "bio": "",
    "languages": (),
    "skills": (),
    "approved_mentor": False,
    "followers": None,
    "following": None,
    "followed": False,
}
FACES = [Face("lea", "Lea Vogt", ""), Face("jun", "jun", "/media/pictures/1-128.webp")]
TAXONOMY = [
    Skill(id=1, slug="python", name="Python", aliases=["py"]),
    Skill(id=2, slug="git", name="Git", aliases=[]),
]
CREDENTIALS = [
    OwnCredential(
        id=UUID(int=number),
        title=title,
        issuer=issuer,
        year=2019,
        skill=skill,
        level="advanced" if skill else "",
        status=status,
        reason=reason,
        media_type="application/pdf",
        created_at=datetime(2025, 3, 1, tzinfo=UTC),
    )
    for number, (title, issuer, skill, status, reason) in enumerate(
        (
            ("MSc in Statistics", "University of Ljubljana", "Statistics", "verified", ""),
            ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", "", "", "submitted", ""),
            ("Diploma", "A school", "", "rejected", "The second page is missing."),
        )
    )
]
BASIC = {"name": "Lea Vogt", "about": "I learn.", "timezone": "Europe/Berlin"}
PRIVACY: dict[str, Any] = {
    "real_name": Audience.MEMBERS,
    "picture": DEFAULTS.picture,
    "follow_list": Audience.NOBODY,
    "messages": DEFAULTS.messages,
    "recommendations": True,
}
WRONG = {"name": "Use 1 to 100 characters.", "timezone": "This is not the name of a time zone."}

STEPS = (
    Step("Confirm your e-mail address", "/auth/check-mail", True),
    Step("Add a picture", "/profile/edit/picture", False),
)
NEWCOMER = {role: Welcome(role, STEPS, stops) for role, stops in TOURS.items()}
WELCOME_BACK = Welcome("learner", STEPS[:1], ())

PEOPLE_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "profile": ("people/profile.html", {"profile": PublicProfile(**PROFILE)}),
    "profile-bare": ("people/profile.html", {"profile": PublicProfile(**BARE)}),
    "profile-own": ("people/profile.html", {"profile": PublicProfile(**{**BARE, "own": True})}),
    "circle": (
        "people/circle.html",
        {"owner": FACES[0], "direction": "followers", "faces": FACES, "page": Part(1, 1, 2)},
    ),
    "circle-empty": (
        "people/circle.html",
        {"owner": FACES[0], "direction": "following", "faces": [], "page": Part(1, 20, 0)},
    ),
    "edit-basic": (
        "people/edit_basic.html",
        {"form": BASIC, "errors": {}, "zones": ["Europe/Berlin", "UTC"], "flash": "Saved."},
    ),
    "edit-basic-wrong": (
        "people/edit_basic.html",
        {"form": {**BASIC, "name": ""}, "errors": WRONG, "zones": ["UTC"], "flash": None},
    ),
    "edit-skills": (
        "people/edit_skills.html",
        {"form": {}, "errors": {}, "taxonomy": TAXONOMY, "rows": {"teach": SKILLS, "want": []}},
    ),
    "edit-skills-wrong": (
        "people/edit_skills.html",
        {
            "form": {"want_level": "beginner"},
            "errors": {"want": "Choose a skill first."},
            "taxonomy": TAXONOMY,
            "rows": {"teach": [], "want": []},
        },
    ),
    "edit-picture": ("people/edit_picture.html", {"picture": "", "errors": {}}),
    "edit-picture-wrong": (
        "people/edit_picture.html",
        {"picture": PROFILE["picture"], "errors": {"file": "Choose a picture: JPEG, PNG or WebP."}},
    ),
    "edit-credentials": (
        "people/edit_credentials.html",
        {"credentials": CREDENTIALS, "most": 20, "form": {}, "errors": {}, "skills": TAXONOMY},
    ),
    "edit-credentials-wrong": (
        "people/edit_credentials.html",
        {
            "credentials": [],
            "most": 20,
            "form": {"title": "Diploma", "year": "1492", "skill": "git"},
            "errors": {"year": "Write a year from 1950 to this one.", "level": "Choose the level."},
            "skills": TAXONOMY,
        },
    ),
    "edit-credentials-full": (
        "people/edit_credentials.html",
        {"credentials": CREDENTIALS[:1], "most": 1, "form": {}, "errors": {}, "skills": TAXONOMY},
    ),
    "edit-privacy": (
        "people/edit_privacy.html",
        {"form": PRIVACY, "errors": {}, "blocked": FACES, "page": Part(1, 50, 2)},
    ),
    "edit-privacy-nobody": (
        "people/edit_privacy.html",
        {"form": PRIVACY, "errors": {}, "blocked": [], "page": Part(1, 50, 0)},
    ),
}
