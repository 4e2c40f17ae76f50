"""Our tables as Django sees them; it neither makes nor changes them."""

from __future__ import annotations

from django.db import models


class Person(models.Model):
    username = models.CharField(max_length=32)
    name = models.CharField(max_length=100)

    class Meta:
        managed = False
        db_table = "user"


class Skill(models.Model):
    slug = models.CharField(max_length=60)
    name = models.CharField(max_length=80)

    class Meta:
        managed = False
        db_table = "skill"


class Lesson(models.Model):
    id = models.UUIDField(primary_key=True)
    mentor = models.ForeignKey(Person, models.DO_NOTHING)
    title = models.CharField(max_length=140)
    description = models.TextField()
    level = models.CharField(max_length=16)
    language = models.CharField(max_length=35)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.IntegerField()
    seats_taken = models.IntegerField()
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=20)
    skills = models.ManyToManyField(Skill, through="LessonSkill")

    class Meta:
        managed = False
        db_table = "session"

    @property
    def seats_left(self) -> int:
        return self.capacity - self.seats_taken

    @property
    def price(self) -> str:
        return f"€{self.price_minor / 100:.2f}" if self.price_minor else "Free"


class LessonSkill(models.Model):
    lesson = models.ForeignKey(Lesson, models.DO_NOTHING, db_column="session_id")
    skill = models.ForeignKey(Skill, models.DO_NOTHING)

    class Meta:
        managed = False
        db_table = "session_skill"
