"""The provider's script on the page where cards are typed, and what that page must let it do."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings import Settings
from server.payments.gateway.current import base_of

STRIPE = "https://js.stripe.com"
# Stripe, "Integration security guide": what a content security policy must allow
STRIPE_SCRIPTS = (STRIPE, "https://*.js.stripe.com")
STRIPE_FRAMES = (STRIPE, "https://*.js.stripe.com", "https://hooks.stripe.com")
STRIPE_CALLS = ("https://api.stripe.com",)


@dataclass(frozen=True, slots=True)
class Script:
    """`url` is the script; the others are origins that it comes from, shows in frames, and calls."""

    url: str
    scripts: tuple[str, ...]
    frames: tuple[str, ...]
    calls: tuple[str, ...]


def script_of(settings: Settings) -> Script:
    """Stripe's own, or the stand-in's. Raises GatewayDown while that is not running."""
    base = base_of(settings)()
    if not base:
        return Script(f"{STRIPE}/v3/", STRIPE_SCRIPTS, STRIPE_FRAMES, STRIPE_CALLS)
    return Script(f"{base}/v3/", (base,), (base,), (base,))
