"""The skill taxonomy, and who has or wants which skill."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tortoise.expressions import Subquery

from server.infra.db import transactional
from server.infra.errors import Invalid
from server.people.models import Skill, UserSkill
from server.people.values import OwnSkills, SkillRow

MAX_SKILLS = 30  # of one kind, for one person
KINDS = ("teach", "want")
LEVELS = ("beginner", "intermediate", "advanced")


async def all_skills() -> list[Skill]:
    """The whole taxonomy by name."""
    return await Skill.all().order_by("name")


async def skills_by_slug(slugs: Collection[str], field: str = "skills") -> list[Skill]:
    """The skills named, in the order given; aliases (`js`) count as their skill.

    Raises Invalid naming `field` when one is not known."""
    wanted = [slug.strip().lower() for slug in slugs]
    if not wanted:
        return []
    known = _spellings(await Skill.all())
    if unknown := [slug for slug in wanted if slug not in known]:
        raise Invalid(fields={field: f"Unknown skill: {', '.join(unknown[:5])}."})
    return list({known[slug].id: known[slug] for slug in wanted}.values())


def _spellings(skills: Iterable[Skill]) -> Mapping[str, Skill]:
    found = {alias: skill for skill in skills for alias in skill.aliases}
    return found | {skill.slug: skill for skill in skills}


async def own_skills(user_id: int) -> OwnSkills:
    """What a person teaches and wants, and how well they know it."""
    rows = await UserSkill.filter(user_id=user_id).select_related("skill").order_by("id")
    of_kind = {kind: [row for row in rows if row.kind == kind] for kind in KINDS}
    slugs = {kind: tuple(row.skill.slug for row in found) for kind, found in of_kind.items()}
    levels = {
        kind: {row.skill.slug: row.level for row in found if row.level} for kind, found in of_kind.items()
    }
    return OwnSkills(**slugs, levels=levels)


async def skill_rows(user_id: int) -> list[SkillRow]:
    """The same, one row a skill in the order they were added."""
    rows = await UserSkill.filter(user_id=user_id).select_related("skill").order_by("id")
    return [
        SkillRow(row.skill.slug, row.skill.name, row.kind, row.level, row.level_basis) for row in rows
    ]


async def taught_by(user_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The names of the skills that people teach, by user id; who teaches none is left out."""
    rows = await UserSkill.filter(user_id__in=list(user_ids), kind="teach").select_related("skill")
    found: dict[int, tuple[str, ...]] = {}
    for row in sorted(rows, key=lambda row: row.id):
        found[row.user_id] = (*found.get(row.user_id, ()), row.skill.name)
    return found


@transactional
async def replace_skills(
    user_id: int,
    *,
    teach: Collection[str],
    want: Collection[str],
    levels: Mapping[str, Mapping[str, str]] | None = None,
) -> OwnSkills:
    """Set both lists; a skill that stays keeps its level unless `levels` (kind, then slug) has another.

    Raises Invalid."""
    for kind, slugs in (("teach", teach), ("want", want)):
        if len(slugs) > MAX_SKILLS:
            raise Invalid(fields={kind: f"Choose at most {MAX_SKILLS}."})
        await _replace(user_id, kind, await skills_by_slug(slugs, field=kind))
    for kind, wanted in (levels or {}).items():
        await _set_levels(user_id, kind, wanted)
    return await own_skills(user_id)


async def _replace(user_id: int, kind: str, skills: Collection[Skill]) -> None:
    ids = [skill.id for skill in skills]
    await UserSkill.filter(user_id=user_id, kind=kind).exclude(skill_id__in=ids).delete()
    new = [UserSkill(user_id=user_id, skill=skill, kind=kind) for skill in skills]
    await UserSkill.bulk_create(new, ignore_conflicts=True)


async def _set_levels(user_id: int, kind: str, levels: Mapping[str, str]) -> None:
    """What people say of themselves; a level that was assessed or verified stays. Raises Invalid."""
    if set(levels.values()) - {"", *LEVELS}:
        raise Invalid(fields={"levels": f"Choose {', '.join(LEVELS)}."})
    own = UserSkill.filter(user_id=user_id, kind=kind, level_basis="own")
    for slug, level in levels.items():
        await own.filter(skill_id__in=Subquery(Skill.filter(slug=slug).values("id"))).update(level=level)


@transactional
async def add_skill(slug: str, name: str, aliases: Iterable[str] = ()) -> Skill:
    """Put a skill into the taxonomy, or give the one that is there its name and aliases."""
    values = {"name": name, "aliases": sorted({alias.strip().lower() for alias in aliases})}
    skill, created = await Skill.get_or_create(slug=slug, defaults=values)
    if not created:
        await skill.update_from_dict(values).save()
    return skill
