/** What the lesson is taught with: its state, and a panel for each part of it. */

import { Teaching } from "../../../room/teaching.js";
import { Board } from "./board.js";
import { Notes } from "./notes.js";
import { Polls } from "./polls.js";
import { Timer } from "./timer.js";
import { WrapUp } from "./wrapup.js";

const WORDS = {
  not_stored: "That could not be kept. Try again.",
  slow_down: "That was too quick. It is sent again in a moment.",
};
const OURS = new Set(["poll", "poll-vote", "timer", "note", "whiteboard", "objective", "wrapup"]);

/**
 * @param {import("../../../room/call.js").Call} call
 * @param {import("./extras.js").Tools} tools
 */
export function startTeaching(call, tools) {
  const teaching = new Teaching(call);
  const parts = [Polls, Notes, Board, Timer, WrapUp].map((Part) => new Part(teaching, tools, call));
  teaching.subscribe((changed) => {
    for (const one of parts) one.update(changed);
  });
  call.state.subscribe((changed) => {
    if (!changed.has("self") && !changed.has("others")) return;
    for (const one of parts) one.update(new Set(["people"]));
  });
  teaching.onEvent((event) => {
    if (event.kind !== "refused" || !OURS.has(event.re) || event.code === "stale_note") return;
    tools.toast(WORDS[event.code] ?? event.message, "bad");
  });
}
