"""The jobs of accounts, for the worker to find."""

from __future__ import annotations

from server.accounts.endings import logins_ended

__all__ = ["logins_ended"]
