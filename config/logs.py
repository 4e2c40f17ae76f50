"""Structured logs: one line an event, readable in development, JSON in production."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(*, json_lines: bool) -> None:
    """Set up structlog and the standard library's root logger (standard error, level INFO).

    Tracebacks are plain: rich ones print local variables, and with them passwords."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    for talkative in ("aiohttp.access", "stripe"):  # a line or two for each request
        logging.getLogger(talkative).setLevel(logging.WARNING)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if json_lines
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if json_lines else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
