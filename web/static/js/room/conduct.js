/**
 * What people do beside talking, as the messages say it: hands, reactions, the floor for the screen, the
 * door, marked moments, lines taken back. Each handler changes the state and gives notice.
 */

/** @typedef {import("./state.js").RoomState} RoomState */

export const TYPING_MS = 5_000; // it is said again every three seconds
export const LOST_MS = 120_000; // how long "lost me" counts

const LEADS = new Set(["mentor", "cohost"]);

/** Whether that person may lead: mentors and co-hosts. */
export function leads(participant) {
  return LEADS.has(participant?.role);
}

/** The door and the floor, from `state` of `joined` or `room`. */
export function houseOf(state) {
  const { locked = false, admission = false, sharer = null, queue = [], recordable = true } = state ?? {};
  return { locked, admission, sharer, queue, recordable };
}

function room(state, { state: now }) {
  const before = state.house;
  const { live, recording } = now;
  state.set({ house: houseOf(now), live, ...(recording ? { recording } : {}) });
  if (state.house.locked !== before.locked) state.notice(state.house.locked ? "locked" : "unlocked");
  tellFloor(state, before);
}

/** Our place in the queue is said when it changes; that somebody shares is said by the pictures. */
function tellFloor(state, before) {
  const me = state.self?.id;
  if (state.house.sharer === me && before.sharer !== me) state.notice("your-turn");
}

function reaction(state, { participant, emoji }) {
  const person = state.find(participant);
  if (person) state.notice("reaction", { id: participant, name: person.name, emoji });
}

function lostMe(state, { count }) {
  const more = count > (state.lost?.count ?? 0);
  state.set({ lost: { count, heardAt: Date.now() } });
  if (leads(state.self) && more) state.notice("lost-me", { count });
}

function moment(state, { id, participant, label, at }) {
  if (state.moments.some((known) => known.id === id)) return;
  state.moments.push({ id, label, at });
  const mine = participant === state.self?.id;
  state.notice("moment", { mine, name: state.find(participant)?.name ?? "", text: label });
}

function typing(state, { participant, to, where }) {
  if (where === "notes" || participant === state.self?.id) return;
  state.typing.set(participant, { to: to ?? null, until: Date.now() + TYPING_MS });
  state.touch("typing");
}

function knock(state, { waiting }) {
  const known = new Set(state.knocking.map(({ id }) => id));
  state.set({ knocking: waiting });
  for (const { id, name } of waiting) if (!known.has(id)) state.notice("knock", { id, name });
}

function removed(state, { people }) {
  state.set({ putOut: people });
}

function shareWanted(state, { participant }) {
  if (!state.find(participant)) return;
  state.asking.add(participant);
  state.notice("share-wanted", { name: state.find(participant).name });
  state.touch("house");
}

function moderated(state, { action, by }) {
  state.notice("moderated", { action, name: state.find(by)?.name ?? "The mentor" });
}

function chatRemoved(state, { id }) {
  const line = state.chat.find((one) => one.id === id);
  if (!line) return;
  Object.assign(line, { removed: true, text: "", files: [] });
  state.touch("chat");
}

export const CONDUCT = {
  room,
  reaction,
  "lost-me": lostMe,
  moment,
  typing,
  knock,
  removed,
  moderated,
  "share-wanted": shareWanted,
  "chat-removed": chatRemoved,
};
