/**
 * What is true in the room, as the messages say it. Listeners hear the names of what changed, once per
 * turn of the event loop; `notices` are things that happened, for announcing.
 */

import { CONDUCT, houseOf } from "./conduct.js";
import { isPaused, judge } from "./quality.js";

/** @typedef {import("./messages.js").Participant} Participant */
/** @typedef {import("./messages.js").ChatLine} ChatLine */
/** @typedef {import("./connection.js").RemoteTrack} RemoteTrack */
/** @typedef {{text: string, to?: string|null, reply_to?: string|null,
 *   files?: import("./messages.js").ChatFile[]}} Draft what we wrote, its files already with the server */
/** @typedef {Draft & {key: number, failed: boolean}} PendingLine */
/** @typedef {{kind: string, text?: string, url?: string}} End */

const OWN_WAYS = new Set(["offer", "answer", "ice-candidate", "subscribe"]);
const WITHOUT_NODE = new Set(["media_unavailable", "media_full"]);
const CHAT_KEPT = 500; // lines; a long lesson with a lively chat stays light
const NO_MEDIA = { camera: false, microphone: false, screen: false };

export class RoomState {
  /** @type {"lobby"|"joining"|"in"|"over"} */
  phase = "lobby";
  /** @type {Participant|null} */
  self = null;
  /** @type {Map<string, Participant>} the others, in order of arrival */
  others = new Map();
  /** @type {ChatLine[]} */
  chat = [];
  /** @type {PendingLine[]} sent by us, not yet come back */
  pending = [];
  unread = 0;
  /** The door and the floor for the screen. */
  house = houseOf(null);
  /** @type {{id: string, name: string}[]} who waits to be let in; told to those who lead */
  knocking = [];
  /** @type {Set<string>} who asked to share their screen; told to those who lead */
  asking = new Set();
  /** @type {{id: string, name: string}[]} who was put out; told to those who lead */
  putOut = [];
  /** @type {Map<string, {to: string|null, until: number}>} who writes a line, until when that holds */
  typing = new Map();
  /** @type {{count: number, heardAt: number}|null} how many can't follow */
  lost = null;
  /** @type {{id: string, label: string, at: string}[]} */
  moments = [];
  live = false;
  recording = "off";
  /** What is on disk, for who leads. @type {import("./messages.js").RecordingHealth|null} */
  health = null;
  /** @type {boolean|null} */
  consent = null;
  endsAt = "";
  link = "connecting";
  media = "connecting";
  /** @type {RemoteTrack[]} */
  tracks = [];
  /** @type {Map<string, number>} level by participant, the quiet left out */
  speaking = new Map();
  dominant = "";
  /** True once the server says who speaks; until then we listen ourselves. */
  speakersTold = false;
  /** @type {Map<string, import("./messages.js").QualityReport>} the server's, by whom they are about */
  reports = new Map();
  /** @type {Map<string, import("./quality.js").Quality>} our own */
  measured = new Map();
  /** @type {End|null} */
  end = null;
  #changed = new Set();
  #listeners = new Set();
  #notified = new Set();
  #keys = 0;

  /** @param {(changed: Set<string>) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** @param {(notice: {kind: string, name?: string, text?: string}) => void} listener */
  onNotice(listener) {
    this.#notified.add(listener);
  }

  notice(kind, details = {}) {
    for (const listener of this.#notified) listener({ kind, ...details });
  }

  /** Set fields and tell who listens. */
  set(fields) {
    Object.assign(this, fields);
    this.touch(...Object.keys(fields));
  }

  touch(...names) {
    if (!this.#changed.size) queueMicrotask(() => this.#tell());
    for (const name of names) this.#changed.add(name);
  }

  /** @returns {Participant[]} us first */
  get everyone() {
    return this.self ? [this.self, ...this.others.values()] : [...this.others.values()];
  }

  /** @returns {import("./quality.js").Quality|undefined} */
  qualityOf(id) {
    return judge(this.reports.get(id), this.measured.get(id), id === this.self?.id);
  }

  /** Our link has no room for any of the pictures that others send. */
  get soundOnly() {
    const senders = [...this.others.values()].filter(({ media }) => media?.camera);
    return senders.length > 0 && senders.every(({ id }) => isPaused(this.reports.get(id)));
  }

  /** What our own slow link costs, short of losing all pictures. What the node says of ourselves is the
   * worse of both ways: where others' pictures suffer, it is the way to us. @returns {""|"smaller"|"softer"} */
  get slowStep() {
    const softer = [...this.reports.values()].some(({ participant, reason }) => reason === "your_network" && participant !== this.self?.id);
    if (softer) return "softer";
    const own = this.reports.get(this.self?.id ?? "");
    return own?.reason === "your_network" && this.self?.media?.camera ? "smaller" : "";
  }

  find(id) {
    return this.self?.id === id ? this.self : this.others.get(id);
  }

  /** @param {any} message one of the server's; unknown types are ignored: the wire may grow */
  apply(message) {
    HANDLERS[message.type]?.(this, message);
  }

  /** A line of ours that is on its way. @param {Draft} draft */
  addPending(draft) {
    const line = { ...draft, key: ++this.#keys, failed: false };
    this.pending.push(line);
    this.touch("chat");
    return line;
  }

  dropPending(line) {
    this.pending = this.pending.filter((one) => one !== line);
    this.touch("chat");
  }

  addLine(line) {
    if (this.chat.some((known) => known.id === line.id)) return;
    const mine = line.from === this.self?.id;
    const same = (one) => one.text === line.text && (one.to ?? null) === (line.to ?? null);
    const arrived = mine && this.pending.find(same);
    if (arrived) this.dropPending(arrived);
    if (!mine) this.unread += 1;
    this.typing.delete(line.from);
    this.chat.push(line);
    if (this.chat.length > CHAT_KEPT) this.chat.shift();
    this.touch("chat");
  }

  /** Lines that were taken back while we were away. */
  forgetRemoved(lines) {
    for (const { id, removed } of lines) {
      const known = removed && this.chat.find((one) => one.id === id);
      if (known) Object.assign(known, { removed: true, text: "", files: [] });
    }
  }

  /** Who writes a line just now. @returns {Participant[]} */
  get typists() {
    for (const [id, { until }] of this.typing) if (until < Date.now()) this.typing.delete(id);
    return [...this.typing.keys()].map((id) => this.find(id)).filter((one) => one !== undefined);
  }

  /** Raised hands in order. @returns {Participant[]} */
  get hands() {
    const raised = this.everyone.filter(({ hand }) => hand);
    return raised.sort((a, b) => Date.parse(a.hand_at ?? "") - Date.parse(b.hand_at ?? "") || 0);
  }

  #tell() {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of this.#listeners) listener(changed);
  }
}

/** @param {Participant} participant */
function complete(participant) {
  return { hand: false, hand_at: null, may_share: false, ...participant, media: { ...NO_MEDIA, ...participant.media } };
}

function byId(participants) {
  return new Map(participants.map((one) => [one.id, complete(one)]));
}

/** @param {RoomState} state @param {import("./messages.js").Joined & {self: Participant}} message */
function joined(state, message) {
  const back = state.phase === "in";
  const unread = state.unread;
  state.set({
    phase: "in",
    self: complete(message.self),
    others: byId(message.participants),
    live: message.state.live,
    recording: message.state.recording,
    health: null,
    house: houseOf(message.state),
    knocking: [], // said again after this
    consent: message.consent ?? null,
    endsAt: message.ends_at ?? state.endsAt,
    speaking: new Map(), // said again after this
    reports: new Map(),
  });
  for (const line of message.chat) state.addLine(line);
  state.forgetRemoved(message.chat);
  for (const line of state.pending) line.failed = true; // not in the history: it was lost
  if (!back) state.unread = unread; // history is not news
  state.touch("chat");
}

function participantJoined(state, { participant }) {
  if (participant.id === state.self?.id) return;
  const known = state.others.has(participant.id);
  state.others.set(participant.id, complete(participant));
  state.touch("others");
  if (!known) state.notice("joined", { name: participant.name });
}

function participantUpdated(state, { participant }) {
  const known = state.find(participant.id);
  if (!known) return;
  const raised = participant.hand && !known.hand;
  const shares = participant.media?.screen && !known.media.screen;
  const role = participant.role && participant.role !== known.role ? participant.role : "";
  Object.assign(known, participant, { media: { ...known.media, ...participant.media } });
  if (known.may_share) state.asking.delete(known.id);
  state.touch(known === state.self ? "self" : "others");
  if (role) state.notice("role", { mine: known === state.self, name: known.name, text: role });
  if (known === state.self) return;
  if (raised) state.notice("hand", { name: known.name });
  if (shares) state.notice("screen", { name: known.name });
}

function participantLeft(state, { participant }) {
  const known = state.others.get(participant.id);
  if (!known) return;
  state.others.delete(participant.id);
  state.speaking.delete(participant.id);
  state.reports.delete(participant.id);
  state.measured.delete(participant.id);
  state.typing.delete(participant.id);
  state.asking.delete(participant.id);
  state.touch("others", "typing");
  state.notice("left", { name: known.name });
}

const WRITTEN = new Set(["recording", "interrupted"]);

function recording(state, message) {
  const before = state.recording;
  const health = WRITTEN.has(message.state) ? (message.health ?? state.health) : null;
  state.set({ recording: message.state, live: message.live, health });
  if (before !== message.state) state.notice("recording", { text: message.state });
}

function speaking(state, { participant, level, dominant }) {
  state.speakersTold = true;
  if (level > 0) state.speaking.set(participant, level);
  else state.speaking.delete(participant);
  if (dominant) state.set({ dominant: participant });
  state.touch("speaking");
}

function quality(state, report) {
  state.reports.set(report.participant, report);
  state.touch("reports");
}

/** What is wrong with what nobody asked for by hand is settled there, and said by the connection's state. */
function failed(state, { code, message, re }) {
  if (OWN_WAYS.has(re) || WITHOUT_NODE.has(code)) return;
  if (code === "consent_outdated") state.set({ consent: null });
  state.notice("error", { code, text: message, re });
  if (re !== "chat" || !state.pending.length) return;
  state.pending[0].failed = true;
  state.touch("chat");
}

const HANDLERS = {
  ...CONDUCT,
  joined,
  "participant-joined": participantJoined,
  "participant-updated": participantUpdated,
  "participant-left": participantLeft,
  chat: (state, line) => state.addLine(line),
  recording,
  speaking,
  quality,
  error: failed,
  ended: (state, { reason, summary_url: url }) => state.set({ end: { kind: "ended", text: reason, url } }),
};
