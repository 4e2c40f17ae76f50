"""The room's scripts that know no page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.room_browser import OpenRoom
from tests.web.room_mock import RoomMock

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize("size", [(1248, 650), (374, 690), (880, 560)])
async def test_tiles_never_overlap_nor_leave_the_stage(
    open_room: OpenRoom, room: RoomMock, size: tuple[int, int]
) -> None:
    page = await open_room()
    problems = await page.evaluate(
        """async ([width, height]) => {
          const { grid, speaker } = await import("/static/js/room/geometry.js");
          const within = (at, size, limit) => at > -1 && at + size < limit + 1;
          const inside = (r) => within(r.x, r.width, width) && within(r.y, r.height, height);
          const before = (a, b) => a.x + a.width <= b.x || a.y + a.height <= b.y;
          const apart = (a, b) => before(a, b) || before(b, a);
          const bad = [];
          for (let count = 1; count <= 12; count += 1) {
            const stage = speaker(count, width, height, count % 2 ? 0 : 1.6);
            for (const rects of [grid(count, width, height), [stage.featured, ...stage.strip]]) {
              if (!rects.every(inside)) bad.push([count, "outside", rects]);
              rects.forEach((a, i) =>
                rects.slice(i + 1).forEach((b) => apart(a, b) || bad.push([count, a, b])));
            }
          }
          return bad;
        }""",
        list(size),
    )
    assert problems == []


async def test_tries_to_come_back_wait_longer_and_differ(open_room: OpenRoom, room: RoomMock) -> None:
    page = await open_room()
    waits: list[Any] = await page.evaluate(
        """async () => {
          const { retryDelay } = await import("/static/js/room/socket.js");
          return [retryDelay(1, 0), retryDelay(1, 0.999), retryDelay(4, 0), retryDelay(40, 0.999)];
        }"""
    )
    assert waits == [150, 300, 1200, 7996]


FLOW = """async ([grows, count]) => {
  const { FlowWatch } = await import("/static/js/room/flow.js");
  const seen = { newest: 1, octets: 1, said: 0 };
  const watch = new FlowWatch({
    newest: () => (seen.moving ? ++seen.newest : seen.newest),
    octets: async () => (grows ? ++seen.octets : seen.octets),
    stalled: () => (seen.said += 1),
  });
  const turns = (ms) => new Promise((done) => setTimeout(done, ms));
  seen.moving = true;
  watch.start();
  await turns(500);
  const moving = seen.said;
  seen.moving = false;
  const began = performance.now();
  while (seen.said < count && performance.now() - began < 60_000) await turns(20);
  if (!count) await turns(5_000); // longer than anybody doubts
  watch.stop();
  return [moving, seen.said];
}"""


@pytest.mark.parametrize(
    ("grows", "told"), [(False, 1), (True, 0)], ids=["nothing comes", "nobody sends anything"]
)
async def test_a_connection_that_carries_nothing_is_noticed_before_the_browser_says_so(
    open_room: OpenRoom, room: RoomMock, grows: bool, told: int
) -> None:
    """Once; and not where bytes still come, though neither sound nor picture."""
    page = await open_room()
    assert await page.evaluate(FLOW, [grows, told]) == [0, told]
