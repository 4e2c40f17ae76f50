/**
 * Our side of the call's media: what we publish, and a connection that is kept alive. A link that drops
 * gets an ICE restart first, then a connection made anew. The room socket may come and go meanwhile.
 */

import { Connection } from "./connection.js";
import { FlowWatch } from "./flow.js";

/** @typedef {import("./messages.js").Source} Source */
/** @typedef {"connecting"|"connected"|"interrupted"|"blocked"} PeerStatus */

const GRACE_MS = 2_000; // a "disconnected" often heals by itself
const BLOCKED_AFTER_MS = 8_000; // a working network connects in under two seconds
const LONGEST_WAIT_MS = 30_000;
const RESET_MS = 1_000; // after a second `reset` in a row, doubled for each further one
const CALM_MS = 20_000; // so long without one, the next is taken at once again
/** @type {Source[]} */
const ALWAYS = ["microphone", "camera"]; // sections made at once, so that turning on needs no offer

export class Peer {
  #send;
  #on;
  /** @type {RTCIceServer[]} */
  #iceServers = [];
  /** @type {Connection|null} */
  #connection = null;
  /** @type {Map<Source, MediaStreamTrack>} */
  #local = new Map();
  #timer = 0;
  #failures = 0;
  #resets = 0;
  #resetAt = -CALM_MS;
  #wasConnected = false;
  #flow = new FlowWatch({
    newest: () => this.#connection?.newest() ?? 0,
    octets: async () => (await this.#connection?.octets()) ?? 0,
    stalled: () => this.#on.stalled?.(),
  });

  /**
   * @param {(message: any) => boolean} send
   * @param {{tracks: (tracks: import("./connection.js").RemoteTrack[]) => void,
   *   status: (status: PeerStatus) => void, stalled?: () => void}} on `stalled`: nothing comes, though the
   *   browser does not say so yet
   */
  constructor(send, on) {
    this.#send = send;
    this.#on = on;
  }

  /** The socket has joined, for the first time or again. */
  join(iceServers) {
    this.#iceServers = iceServers;
    if (!this.#connection || this.#connection.state === "failed") {
      this.#renew();
      return;
    }
    this.#connection.resume();
    if (this.#connection.state !== "connected") this.#expectConnected();
  }

  /** @param {Source} source @param {MediaStreamTrack|null} track */
  async publish(source, track) {
    if (track) this.#local.set(source, track);
    else this.#local.delete(source);
    await this.#connection?.publish(source, track);
  }

  /** The server's word for "this connection is gone": a node moved, or is back. */
  reset() {
    const now = performance.now();
    this.#resets = now - this.#resetAt < CALM_MS ? this.#resets + 1 : 0;
    this.#resetAt = now;
    this.#failures = 0;
    if (!this.#resets) {
      this.#renew();
      return;
    }
    this.close();
    this.#on.status("interrupted");
    this.#after(Math.min(LONGEST_WAIT_MS, RESET_MS * 2 ** (this.#resets - 1)), () => this.#renew());
  }

  /** Another network: the way we came by is probably gone, and waiting for it to fail takes long. */
  networkChanged() {
    const state = this.#connection?.state;
    if (state !== "connected" && state !== "disconnected") {
      this.retryNow();
      return;
    }
    this.#connection?.restartIce();
    this.#expectConnected();
  }

  receive(message) {
    const connection = this.#connection;
    if (message.type === "offer") connection?.receiveOffer(message);
    else if (message.type === "answer") connection?.receiveAnswer(message);
    else if (message.type === "ice-candidate") connection?.receiveCandidate(message);
    else if (message.code === "bad_description") this.#broken();
    // `glare` needs nothing: the server's own offer came before it, and ours gave way to that.
  }

  retryNow() {
    if (this.#connection && this.#connection.state !== "connected") this.#renew();
  }

  levels() {
    return this.#connection?.levels() ?? [];
  }

  async stats() {
    return this.#connection?.state === "connected" ? this.#connection.stats() : null;
  }

  close() {
    clearTimeout(this.#timer);
    this.#flow.stop();
    this.#connection?.close();
    this.#connection = null;
  }

  /** A new RTCPeerConnection with all we send; the old one's tracks are gone. */
  #renew() {
    this.close();
    const connection = new Connection(this.#iceServers, {
      send: (message) => connection === this.#connection && this.#send(message),
      tracks: (tracks) => this.#on.tracks(tracks),
      state: (state) => this.#changed(state),
      broken: () => this.#broken(),
    });
    this.#connection = connection;
    this.#on.tracks([]);
    this.#on.status("connecting");
    this.#expectConnected();
    const sources = new Set([...ALWAYS, ...this.#local.keys()]);
    for (const source of sources) connection.publish(source, this.#local.get(source) ?? null);
  }

  #changed(state) {
    if (state === "connected") {
      clearTimeout(this.#timer);
      this.#failures = 0;
      this.#wasConnected = true;
      this.#flow.start();
      this.#on.status("connected");
    } else if (state === "disconnected") {
      this.#on.status("interrupted");
      this.#after(GRACE_MS, () => this.#recover());
    } else if (state === "failed") {
      this.#recover();
    }
  }

  /** First an ICE restart on what we have, then a fresh connection, then again with longer waits. */
  #recover() {
    this.#failures += 1;
    if (this.#failures > 1 || !this.#wasConnected) {
      this.#renew();
      return;
    }
    this.#on.status("interrupted");
    this.#connection?.restartIce();
    this.#expectConnected();
  }

  /** A description that can't be used leaves both sides apart: start clean, but not in a tight loop. */
  #broken() {
    this.#failures += 1;
    this.#after(this.#failures === 1 ? 0 : this.#patience() / 4, () => this.#renew());
  }

  #expectConnected() {
    this.#after(this.#patience(), () => {
      if (this.#connection?.state === "connected") return;
      this.#on.status("blocked");
      this.#recover();
    });
  }

  #patience() {
    return Math.min(LONGEST_WAIT_MS, BLOCKED_AFTER_MS * 2 ** Math.max(0, this.#failures - 1));
  }

  #after(ms, step) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(step, ms);
  }
}
