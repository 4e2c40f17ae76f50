"""The server's Prometheus metrics, under the names that dashboards rely on."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

HTTP_SECONDS = Histogram(
    "peerlearn_http_request_seconds",
    "Time from a request's head to its answer.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
WS_CONNECTIONS = Gauge("peerlearn_ws_connections", "Open room sockets.")
JOBS_LAG = Gauge("peerlearn_jobs_lag_seconds", "How long the oldest due job has been waiting.")
JOBS_FAILED = Counter("peerlearn_jobs_failed_total", "Runs of jobs that raised.", ("job",))
BOOKINGS = Counter("peerlearn_bookings_total", "Bookings made.")
PAYMENTS = Counter("peerlearn_payments_total", "Payments by what they came to.", ("status",))
FILMS = Counter(
    "peerlearn_films_total",
    "Attempts at a lesson file, by what they came to; late: people were told of the tracks meanwhile.",
    ("outcome",),
)
FILM_WAIT = Histogram(
    "peerlearn_film_wait_seconds",
    "Time from a recording's last track to its lesson file.",
    buckets=(60, 300, 900, 1800, 3600, 7200, 14400, 28800),
)
FILM_SPEED = Gauge("peerlearn_film_speed_ratio", "Film made per time, of the last one: 1 is real time.")
