"""The platform's pages as people see them: which there are, and how a browser looks at one.

A path may hold `{coming}`, `{alone}`, `{draft}`, `{past}`: lessons of the demo, `{mentor}`, `{learner}`
and their `{certificate}`, and the steps of what is `{begun}`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Frame, Page

from server.booking.drafting.steps import BY_KEY
from tests.e2e.platform import Platform

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ZONE = "Asia/Kathmandu"  # nobody's in the demo: the times of the pages are rewritten for it


@dataclass(frozen=True, slots=True)
class Sight:
    """How a page is looked at."""

    width: int
    height: int
    scheme: str
    touch: bool = False
    scripts: bool = True


SIGHTS = {"wide": Sight(1280, 860, "light"), "phone": Sight(390, 844, "dark", touch=True)}
PLAIN = Sight(390, 844, "light", scripts=False)

PAGES: dict[str, tuple[str, ...]] = {
    "anonymous": (
        "/",
        "/sessions/",
        "/sessions/?q=python&level=beginner&language=en",
        "/sessions/?q=nothing+has+this+name",
        "/mentors",
        "/mentors?q=nobody+has+this+name&max_price=0",
        "/sessions/{coming}",
        "/profile/{mentor}",
        "/profile/{mentor}/portfolio",
        "/pathways/{pathway}",
        "/profile/{mentor}/followers",
        "/profile/{mentor}/following",
        "/profile/{learner}/achievements",
        "/certificates/{certificate}",
        "/certificates/nothing",
        "/auth/login",
        "/auth/register",
        "/terms",
        "/offline",
        "/auth/reset",
        "/auth/reset?token=wrong",
        "/auth/check-mail",
        "/auth/verify?token=wrong",
        "/auth/2fa",
        "/auth/invitation?token=wrong",
        "/auth/goodbye",
        "/auth/email?token=wrong",
        "/auth/email/undo?token=wrong",
        "/nothing-is-here",
        "/dev/components",
        "/dev/mail",
    ),
    "learner": (
        "/dashboard/learner/overview",
        "/dashboard/learner/browse",
        "/dashboard/learner/bookings",
        "/dashboard/learner/bookings?tab=past",
        "/dashboard/calendar",
        "/dashboard/calendar?view=week",
        "/dashboard/calendar/feed",
        "/payments",
        "/payments?state=open",
        "/payments/{paid}",
        "/dashboard/learner/bookings?tab=cancelled",
        "/sessions/{coming}/book",
        "/bookings/{booking}",
        "/bookings/{held}/attendance",
        "/sessions/{coming}",
        "/profile/{mentor}",
        "/sessions/{alone}/reschedule",
        "/requests/{request}",
        "/mentors/{mentor}/request",
        "/mentors/tomas/request?minutes=90",
        "/profile/edit/basic",
        "/profile/edit/picture",
        "/profile/edit/skills",
        "/profile/assess/{skill}",
        "/profile/edit/credentials",
        "/profile/edit/privacy",
        "/profile/edit/role",
        "/profile/edit/data",
        "/sessions/{coming}/check",
        "/sessions/{coming}/room",
        "/sessions/{past}/summary",
        "/sessions/{past}/feedback",
        "/pathways/{pathway}",
        "/sessions/{past}/recordings",
        "/communication/calls",
        "/communication/calls/{past}",
        "/communication/messages",
        "/communication/messages?q=lesson",
        "/communication/messages/{mentor}",
        "/communication/messages/{mentor}?report=2",
        "/communication/messages/tomas",
        "/sessions/{coming}/messages",
        "/profile/{mentor}/report",
        "/profile/{mentor}/report?done=reported",
        "/profile/{learner}/achievements",
        "/certificates/{certificate}",
        "/dashboard/admin/users",
        "/communication/notifications",
        "/communication/notifications?view=unread&topic=followers",
        "/communication/notifications?view=history",
        "/communication/preferences",
        "/profile/edit/security",
        "/profile/edit/security/2fa",
        "/profile/edit/security/email",
        "/auth/confirm?next=/profile/edit/security",
    ),
    "mentor": (
        "/dashboard/mentor/overview",
        "/communication/calls",
        "/profile/{mentor}/achievements",
        "/dashboard/mentor/sessions",
        "/dashboard/mentor/sessions?tab=drafts",
        "/sessions/{taught}/bookings",
        "/dashboard/calendar",
        "/dashboard/calendar?view=week",
        "/dashboard/mentor/create",
        "/dashboard/mentor/create/{begun}",
        "/dashboard/mentor/create/{begun}/{basics}",
        "/dashboard/mentor/create/{begun}/{learners}",
        "/dashboard/mentor/create/{begun}/{schedule}",
        "/dashboard/mentor/create/{begun}/{terms}",
        "/dashboard/mentor/create/{begun}/{publish}",
        "/sessions/{taught}/reschedule",
        "/dashboard/mentor/requests",
        "/dashboard/mentor/requests?tab=answered",
        "/dashboard/mentor/earnings",
        "/dashboard/mentor/earnings?tab=payouts",
        "/dashboard/mentor/earnings?tab=statements",
        "/requests/{request}",
        "/profile/edit/mentor",
        "/profile/edit/availability",
        "/profile/edit/data",
        "/sessions/{draft}",
        "/sessions/{draft}/edit",
        "/sessions/{draft}/materials",
        "/dashboard/mentor/pathways",
        "/dashboard/mentor/pathways/{pathway}",
        "/sessions/{taught}/materials",
        "/sessions/{taught}/recordings/log",
    ),
    "admin": (
        "/dashboard/admin/overview",
        "/dashboard/admin/users",
        "/dashboard/admin/users?q=nobody-has-this-name",
        "/dashboard/admin/users/{user}",
        "/dashboard/admin/invitations",
        "/dashboard/admin/audit",
        "/dashboard/admin/control",
        "/dashboard/admin/recordings",
        "/dashboard/admin/recordings?show=held&q=nobody-has-this-name",
        "/dashboard/admin/payments",
        "/dashboard/admin/payments/list",
        "/dashboard/admin/payments/list?q=nobody-has-this-name",
        "/dashboard/admin/payments/{paid}",
        "/bookings/{refundable}/refund",
        "/dashboard/admin/payments/books",
        "/dashboard/admin/payments/books/account?account=escrow&currency=EUR",
        "/dashboard/admin/disputes",
        "/dashboard/admin/cases",
        "/dashboard/admin/cases?tab=decided",
        "/dashboard/admin/reports",
        "/dashboard/admin/reports/{report}",
        "/dashboard/admin/deliveries",
        "/dashboard/admin/deliveries?user=lea",
        "/dashboard/admin/reviews",
        "/dashboard/admin/reviews?tab=revisions",
        "/dashboard/admin/reviews?tab=evidence",
    ),
}

AXE = """async (tags) => {
  const runOnly = {type: "tag", values: tags};
  const said = await axe.run(document, {runOnly, resultTypes: ["violations"]});
  const lines = (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)}`);
  return said.violations.flatMap(lines);
}"""

WEIGHT = """() => {
  const all = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
  const sum = (part, field) => all.filter(part).reduce((total, one) => total + one[field], 0);
  const kind = (ending) => (one) => new URL(one.name).pathname.endsWith(ending);
  return {
    css: sum(kind(".css"), "decodedBodySize"),
    script: sum(kind(".js"), "decodedBodySize"),
    sent: sum(() => true, "encodedBodySize"),
    foreign: all.map((one) => one.name).filter((name) => new URL(name).origin !== location.origin),
  };
}"""

SHIFTED = """new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => tell(sum), 60);
})"""

# What a finger presses is 44 px high at least (WCAG 2.5.5); links within a text are not counted, and
# neither is a button that only Enter in a field presses.
SMALL_TARGETS = """() => {
  const fields = "select, input:not([type=hidden]), textarea";
  const found = document.querySelectorAll(`a, button, summary, ${fields}`);
  const pressed = (one) => one.matches("[type=checkbox], [type=radio]") ? one.closest("label") : one;
  const small = (one) => {
    const {width, height} = pressed(one).getBoundingClientRect();
    return height < 43.5 || (width < 43.5 && one.textContent.trim().length < 3);
  };
  const counts = (one) =>
    one.checkVisibility({visibilityProperty: true, opacityProperty: false})
    && getComputedStyle(one).display !== "inline"
    && !one.matches(".skip, .session-link, [aria-hidden=true]");
  return [...found].filter((one) => counts(one) && small(one)).map((one) => one.outerHTML.slice(0, 100));
}"""

# What only a script could bring to life: a button outside a form, a link to nothing.
DEAD_ENDS = """() => {
  const idle = [...document.querySelectorAll("button[type=button]")];
  const nowhere = [...document.querySelectorAll('a[href^="#"]')]
    .filter((one) => !document.getElementById(one.hash.slice(1)));
  const shown = [...idle, ...nowhere].filter((one) => one.checkVisibility());
  return shown.map((one) => one.outerHTML.slice(0, 100));
}"""

OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


AT_REST = """() => Promise.allSettled(
  document.getAnimations()
    .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished),
)"""


async def violations(page: Page | Frame) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and its own good practice, one line an element.

    What fades in has come to rest first: half-way its contrast is nobody's choice."""
    await page.evaluate(AT_REST)
    await page.evaluate(AXE_SCRIPT)
    return list(await page.evaluate(AXE, WCAG))


class Visitors:
    """A browser context for each role and sight, signed in once."""

    def __init__(self, browser: Browser, platform: Platform) -> None:
        self._browser = browser
        self._platform = platform
        self._contexts: dict[tuple[str, str], BrowserContext] = {}
        self._lessons: dict[str, str] = {}
        self.complaints: list[str] = []

    @asynccontextmanager
    async def look(self, role: str, sight: str, path: str) -> AsyncIterator[Page]:
        """The page, loaded; what its console says is in `complaints`."""
        context = await self._context(role, sight)
        page = await context.new_page()
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._complain)
        try:
            await page.goto(path.format(**await self.lessons()), wait_until="load")
            yield page
        finally:
            await page.close()

    def _complain(self, said: ConsoleMessage) -> None:
        """The status of the page itself is none of its faults."""
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.complaints.append(said.text)

    async def lessons(self) -> dict[str, str]:
        """Ids of the demo's lessons by what the paths call them."""
        if not self._lessons:
            learner, mentor = (
                await self._context("learner", "wide"),
                await self._context("mentor", "wide"),
            )
            coming = await _link(learner, "/dashboard/learner/bookings", "/sessions/")
            past = await _link(learner, "/dashboard/learner/bookings?tab=past", "/sessions/")
            draft = await _link(mentor, "/dashboard/mentor/sessions?tab=drafts", "/sessions/")
            admin = await self._context("admin", "wide")
            paid = await _link(learner, "/payments", "/payments/", "tbody")
            self._lessons = {
                "report": await _link(
                    admin, "/dashboard/admin/reports", "/dashboard/admin/reports/", "tbody"
                ),
                "paid": paid,
                "refundable": await _link(admin, f"/dashboard/admin/payments/{paid}", "/bookings/", ""),
                "request": await _link(mentor, "/dashboard/mentor/requests", "/requests/"),
                "user": await _link(admin, "/dashboard/admin/users", "/dashboard/admin/users/", "tbody"),
                "coming": coming,
                "alone": await _link(
                    learner,
                    "/dashboard/learner/bookings",
                    "/sessions/",
                    '.programme li:has-text("One to one")',
                ),
                "begun": await _link(
                    mentor, "/dashboard/mentor/create", "/dashboard/mentor/create/", ".drafts"
                ),
                **{key: key for key in BY_KEY},
                "booking": await _link(learner, "/dashboard/learner/bookings", "/bookings/"),
                "held": await _link(learner, "/dashboard/learner/bookings?tab=past", "/bookings/"),
                "past": past,
                "draft": draft,
                "pathway": await _link(learner, "/profile/mira/portfolio", "/pathways/", "section"),
                "taught": await _link(mentor, "/dashboard/mentor/sessions", "/sessions/"),
                "mentor": "mira",
                "learner": "lea",
                "skill": "python",
                "certificate": await _link(
                    learner, "/profile/lea/achievements", "/certificates/", ".sheets"
                ),
            }
        return self._lessons

    async def _context(self, role: str, sight: str) -> BrowserContext:
        if (role, sight) not in self._contexts:
            self._contexts[role, sight] = await self._enter(role, SIGHTS.get(sight, PLAIN))
        return self._contexts[role, sight]

    async def _enter(self, role: str, sight: Sight) -> BrowserContext:
        context = await self._browser.new_context(
            base_url=self._platform.base,
            viewport={"width": sight.width, "height": sight.height},
            color_scheme="dark" if sight.scheme == "dark" else "light",
            reduced_motion="reduce",
            has_touch=sight.touch,
            java_script_enabled=sight.scripts,
            timezone_id=ZONE,
        )
        if role != "anonymous":
            await self._log_in(context, role)
        return context

    async def _log_in(self, context: BrowserContext, role: str) -> None:
        info: dict[str, Any] = json.loads(await (await context.request.get("/dev/info.json")).text())
        person = next(one for one in info["demo"] if one["role"] == role)
        answer = await context.request.post(
            "/api/v1/auth/login", data={"identifier": person["email"], "password": person["password"]}
        )
        assert answer.ok, await answer.text()

    async def close(self) -> None:
        for context in self._contexts.values():
            await context.close()


async def _link(context: BrowserContext, path: str, start: str, within: str = ".programme") -> str:
    """The last part of the first link in the page's list that starts so."""
    page = await context.new_page()
    await page.goto(path)
    href = await page.locator(f'main {within} a[href^="{start}"]').first.get_attribute("href")
    await page.close()
    assert href is not None
    return href.removeprefix(start).partition("/")[0]
