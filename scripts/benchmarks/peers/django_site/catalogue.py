"""The timetable: a page of twenty sessions with their mentors and skills, and the filters beside it."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_site.models import Lesson, Skill

PER_PAGE = 20
STILL_OPEN = timedelta(minutes=10)


def browse(request: HttpRequest) -> HttpResponse:
    soonest = (
        Lesson.objects.filter(status__in=("published", "live"), starts_at__gt=timezone.now() - STILL_OPEN)
        .select_related("mentor")
        .prefetch_related("skills")
        .order_by("starts_at", "id")
    )
    context = {
        "page": Paginator(soonest, PER_PAGE).get_page(request.GET.get("page")),
        "skills": Skill.objects.order_by("name"),
    }
    return render(request, "browse.html", context)
