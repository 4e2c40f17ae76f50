/**
 * One person's part in a room: joins the socket, the peer connection, our own media and the state. The
 * page calls its methods and shows its state; nothing here touches the page.
 */

import { CLOSE } from "./messages.js";
import { LevelMeter } from "./level.js";
import { watchNetwork } from "./network.js";
import { Peer } from "./peer.js";
import { compare, rate, readReport } from "./quality.js";
import { ResumeToken, RoomSocket } from "./socket.js";
import { RoomState } from "./state.js";
import { Viewing } from "./viewing.js";

/** @typedef {import("./messages.js").Source} Source */

const LEVELS_MS = 250;
const STATS_MS = 2_000;
const SPEAKS_FROM = 0.02; // of full scale; room noise stays below
const SPEAKS_FROM_METER = 0.45; // the same on the meter's logarithmic scale
const WITHOUT_NODE = { media_unavailable: "unavailable", media_full: "full" };
export const REFUSALS = new Set(["removed", "locked", "denied", "too_early"]);
const NEGOTIATION = new Set(["offer", "answer", "ice-candidate", "error"]);

const ENDS = {
  [CLOSE.NOT_SIGNED_IN]: "signed-out",
  [CLOSE.NOT_ALLOWED]: "refused",
  [CLOSE.NO_SESSION]: "missing",
  [CLOSE.REPLACED]: "replaced",
  [CLOSE.ENDED]: "ended",
};

export class Call {
  state = new RoomState();
  meter = new LevelMeter();
  viewing;
  #token;
  #socket;
  #peer;
  #timers = [];
  /** @type {ReturnType<typeof readReport>|null} */
  #reading = null;
  #said = "";
  #consentText; // version of the words that this page asks
  /** @type {Set<(message: any) => void>} */
  #listeners = new Set();

  /**
   * @param {{session_id: string, ws_url: string, consent_text?: {version: string}}} data
   * @param {import("./local.js").LocalMedia} local
   */
  constructor(data, local) {
    this.local = local;
    this.#consentText = data.consent_text?.version;
    this.#token = new ResumeToken(data.session_id);
    this.#socket = new RoomSocket(data.ws_url, this.#token, {
      message: (message) => this.#receive(message),
      status: ({ state, attempt }) => this.state.set({ link: state, tries: attempt }),
      closed: (end) => this.#closed(end),
    });
    this.#peer = new Peer((message) => this.#socket.send(message), {
      tracks: (tracks) => this.state.set({ tracks }),
      status: (status) => this.#mediaStatus(status),
      stalled: () => this.#networkChanged(),
    });
    this.viewing = new Viewing((message) => this.#socket.send(message));
    local.subscribe((source) => this.#localChanged(source));
    watchNetwork(() => this.#networkChanged());
  }

  /** This page is the reload of one that was in the room. Coming back later starts in the lobby. */
  get resumable() {
    const [navigation] = performance.getEntriesByType("navigation");
    const type = /** @type {PerformanceNavigationTiming|undefined} */ (navigation)?.type;
    return type === "reload" && Boolean(this.#token.get());
  }

  join() {
    this.state.set({ phase: "joining", end: null, link: "connecting", media: "connecting" });
    this.#socket.open();
    this.#timers = [
      setInterval(() => this.#listen(), LEVELS_MS),
      setInterval(() => this.#measure(), STATS_MS),
    ];
  }

  leave() {
    this.#socket.close();
    this.#over({ kind: "left" });
  }

  retryNow() {
    this.#socket.retryNow();
    this.#peer.retryNow();
  }

  #networkChanged() {
    this.#socket.networkChanged();
    this.#peer.networkChanged();
  }

  /** @returns {boolean} false while the socket is away */
  send(message) {
    return this.state.phase === "in" && this.#socket.send(message);
  }

  /** @param {(message: any) => void} listener hears every message of the server's, after the state has */
  onMessage(listener) {
    this.#listeners.add(listener);
  }

  /**
   * @param {import("./state.js").Draft} draft
   * @returns {boolean} false while the socket is away: the text stays with the person
   */
  say(draft) {
    const line = this.state.addPending(draft);
    const { text, to, reply_to, files = [] } = draft;
    const more = { ...(to && { to }), ...(reply_to && { reply_to }), ...(files.length && { files: files.map(({ id }) => id) }) };
    if (this.#socket.send({ type: "chat", text, ...more })) return true;
    this.state.dropPending(line);
    return false;
  }

  sayAgain(line) {
    this.state.dropPending(line);
    return this.say(line);
  }

  raiseHand(raised) {
    if (!this.state.self || !this.#socket.send({ type: "hand", raised })) return;
    this.state.self.hand = raised;
    this.state.touch("self");
  }

  /** Mentor's and co-hosts' word. @param {string} action @param {string} [participant] */
  moderate(action, participant) {
    return this.send({ type: "moderate", action, ...(participant && { participant }) });
  }

  consentTo(consent) {
    const message = { type: "recording", consent, text_version: this.#consentText };
    if (this.#socket.send(message)) this.state.set({ consent });
  }

  /** The mentor's word on the recording. @param {"pause"|"resume"|"stop"} action */
  directRecording(action) {
    this.#socket.send({ type: "recording", action });
  }

  #receive(message) {
    if (NEGOTIATION.has(message.type)) this.#peer.receive(message);
    if (message.code in WITHOUT_NODE) this.#mediaStatus(WITHOUT_NODE[message.code]);
    if (message.type === "reset") this.#reset();
    this.state.apply(message);
    if (message.type === "moderated") this.#moderated(message.action);
    if (message.type === "joined") this.#joined(message);
    if (message.type === "ended") this.#over(this.state.end);
    for (const listener of this.#listeners) listener(message);
  }

  /** Somebody who leads the room turned it off for us. */
  #moderated(action) {
    if (action === "mute" || action === "mute-all") this.local.turn("microphone", false);
    if (action === "stop-video") this.local.turn("camera", false);
    if (action === "stop-screen" || action === "disallow-screen") this.local.stopSharing();
  }

  /** Another media node, or the same one without memory. */
  #reset() {
    this.state.set({ reports: new Map() });
    this.viewing.repeat();
    this.#peer.reset();
  }

  #joined(message) {
    this.#said = "";
    this.viewing.repeat();
    for (const [source, track] of Object.entries(this.local.tracks)) this.#peer.publish(source, track);
    this.#peer.join(message.ice_servers);
    this.#tellMedia();
  }

  #localChanged(source) {
    if (source === "devices") return;
    const track = this.local.tracks[source] ?? null;
    if (source === "microphone") this.meter.listen(track);
    if (this.state.phase !== "in") return;
    this.#peer.publish(source, track);
    this.#tellMedia();
  }

  #tellMedia() {
    const media = this.local.state;
    const text = JSON.stringify(media);
    if (text === this.#said || !this.#socket.send({ type: "media", ...media })) return;
    this.#said = text;
    if (this.state.self) this.state.self.media = media;
    this.state.touch("self");
  }

  /** Once it is said that nothing gets through, only a connection changes that. */
  #mediaStatus(status) {
    if (["blocked", "unavailable", "full"].includes(this.state.media) && status !== "connected") return;
    this.state.set({ media: status });
  }

  #closed({ code, error }) {
    const kind = REFUSALS.has(error?.code) && code === CLOSE.NOT_ALLOWED ? error.code : (ENDS[code] ?? "refused");
    this.#over(this.state.end ?? { kind, text: error?.message });
  }

  #over(end) {
    if (this.state.phase === "over") return;
    for (const timer of this.#timers) clearInterval(timer);
    this.#peer.close();
    this.viewing.stop();
    this.local.stop();
    this.meter.listen(null);
    this.state.set({ phase: "over", end, tracks: [], others: new Map() });
  }

  #listen() {
    const { state } = this;
    if (state.speakersTold && state.link === "joined") return;
    const levels = this.#peer.levels().filter(({ level }) => level > SPEAKS_FROM);
    const speaking = new Map(levels.map(({ participant, level }) => [participant, level]));
    const loudest = levels.reduce((best, one) => (one.level > (best?.level ?? 0) ? one : best), null);
    if (this.local.on.microphone && state.self && this.meter.read() > SPEAKS_FROM_METER) {
      speaking.set(state.self.id, this.meter.read());
    }
    const same = [...speaking.keys()].join() === [...state.speaking.keys()].join();
    if (!same) state.set({ speaking });
    if (loudest && loudest.participant !== state.dominant) state.set({ dominant: loudest.participant });
  }

  async #measure() {
    const report = await this.#peer.stats();
    if (!report || !this.state.self) return;
    const now = readReport(report);
    const others = [...this.state.others.values()];
    const sending = new Set(others.filter(({ media }) => media?.camera).map(({ id }) => id));
    const measured = this.#reading ? compare(this.#reading, now, this.state.tracks, sending) : new Map();
    measured.set(this.state.self.id, rate(now.sendLoss, now.rttMs));
    this.#reading = now;
    this.state.set({ measured });
  }
}
