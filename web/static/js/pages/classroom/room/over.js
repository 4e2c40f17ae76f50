/** What is shown when the call is over, whatever the reason. */

import { icon, make, part, say } from "./dom.js";
import { ENDS } from "./words.js";

function isOwnPath(url) {
  return URL.canParse(url, location.href) && new URL(url, location.href).origin === location.origin;
}

/**
 * @param {import("../../../room/state.js").End} end
 * @param {{sessionUrl: string, summary_url?: string}} addresses
 */
function actions(end, { sessionUrl, summary_url: summaryUrl }) {
  const summary = end.url ?? summaryUrl ?? `${sessionUrl}/summary`;
  const button = (action, words) => ["button", { type: "button", data: { action } }, words];
  const link = (href, words) => ["a", { href }, words];
  return {
    rejoin: () => button("join", "Go back in"),
    here: () => button("join", "Use it here"),
    again: () => button("join", "Try again"),
    summary: () => (isOwnPath(summary) ? link(summary, "See the summary") : null),
    session: () => link(sessionUrl, "To the session"),
    login: () => link(`/auth/login?next=${encodeURIComponent(location.pathname)}`, "Log in"),
    messages: () => link("/communication/messages", "Write to the mentor"),
    browse: () => link("/sessions/", "Find a lesson"),
  };
}

/**
 * @param {import("../../../room/state.js").End} end
 * @param {{sessionUrl: string, summary_url?: string}} addresses
 */
export function showEnd(end, addresses) {
  const words = ENDS[end.kind] ?? ENDS.refused;
  const told = end.kind === "refused" && end.text ? end.text : words.text;
  const known = actions(end, addresses);
  const made = words.actions.map((name) => known[name]()).filter((one) => one !== null);
  part("over-picture").replaceChildren(icon(words.picture));
  say(part("over-title"), words.title);
  say(part("over-text"), told);
  part("over-actions").replaceChildren(
    ...made.map(([tag, fields, text], index) =>
      make(tag, { className: `button${index ? " button-quiet" : ""}`, ...fields }, text)),
  );
  part("over-title").focus();
}
