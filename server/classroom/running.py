"""The news of this process, for jobs: they are called with nothing but their payload."""

from __future__ import annotations

from server.classroom.news import News

_news: News | None = None


def set_news(news: News | None) -> None:
    global _news
    _news = news


def news() -> News | None:
    """None in a process that neither serves rooms nor runs jobs (a command, some tests)."""
    return _news
