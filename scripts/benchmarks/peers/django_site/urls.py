"""The addresses of the Django peer."""

from __future__ import annotations

from django.urls import path
from django_site.catalogue import browse

urlpatterns = [path("sessions/", browse)]
