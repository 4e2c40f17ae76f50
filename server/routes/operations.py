"""The addresses of operations."""

from __future__ import annotations

from server.edge import operations
from server.edge.openapi import openapi_json
from server.routes.table import ANYONE, API, Route

ROUTES: tuple[Route, ...] = (
    Route("GET", f"{API}/openapi.json", openapi_json, ANYONE),
    Route("GET", "/healthz", operations.healthz, ANYONE),
    Route("GET", "/readyz", operations.readyz, ANYONE),
    Route("GET", "/metrics", operations.metrics, ANYONE),
)
