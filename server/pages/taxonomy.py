"""The skills a new installation begins with: slug, name, and other spellings."""

from __future__ import annotations

from server.infra.db import transactional
from server.people import service as people

SKILLS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("accounting", "Accounting", ("bookkeeping",)),
    ("algorithms", "Algorithms", ("data-structures",)),
    ("calculus", "Calculus", ("analysis",)),
    ("css", "CSS", ("html-css",)),
    ("data-analysis", "Data analysis", ("pandas",)),
    ("docker", "Docker", ("containers",)),
    ("drawing", "Drawing", ("sketching",)),
    ("english", "English", ()),
    ("excel", "Excel", ("spreadsheets",)),
    ("french", "French", ()),
    ("german", "German", ("deutsch",)),
    ("git", "Git", ("github",)),
    ("go", "Go", ("golang",)),
    ("guitar", "Guitar", ()),
    ("html", "HTML", ()),
    ("java", "Java", ()),
    ("javascript", "JavaScript", ("js",)),
    ("linear-algebra", "Linear algebra", ()),
    ("linux", "Linux", ("shell", "bash")),
    ("machine-learning", "Machine learning", ("ml",)),
    ("marketing", "Marketing", ()),
    ("music-theory", "Music theory", ()),
    ("negotiation", "Negotiation", ()),
    ("photography", "Photography", ()),
    ("product-management", "Product management", ()),
    ("project-management", "Project management", ()),
    ("public-speaking", "Public speaking", ("presentation",)),
    ("python", "Python", ("py",)),
    ("react", "React", ("reactjs",)),
    ("rust", "Rust", ()),
    ("spanish", "Spanish", ("espanol",)),
    ("sql", "SQL", ("postgresql", "databases")),
    ("statistics", "Statistics", ("stats",)),
    ("typescript", "TypeScript", ("ts",)),
    ("ux-design", "UX design", ("ux",)),
    ("web-development", "Web development", ("webdev",)),
    ("writing", "Writing", ("creative-writing",)),
)


@transactional
async def plant_skills() -> None:
    """Put in what is missing; what is there gets these names and spellings."""
    for slug, name, aliases in SKILLS:
        await people.add_skill(slug, name, aliases)
