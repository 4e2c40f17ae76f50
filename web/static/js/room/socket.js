/**
 * The room socket: opens, notices silence, comes back with its resume token. Knows no page and no media.
 */

import { CLOSE } from "./messages.js";

/** @typedef {import("./messages.js").ClientMessage} ClientMessage */
/** @typedef {{state: "connecting"|"waiting"|"joined"|"reconnecting", attempt: number}} SocketStatus */
/** @typedef {{code: number, error: {code: string, message: string}|null}} SocketEnd */

const FIRST_RETRY_MS = 300; // a restarted server is back within a second
const LONGEST_RETRY_MS = 8_000;
const PING_MS = 10_000;
const SILENCE_MS = 25_000; // two pings without an answer
const DOUBT_MS = 3_000; // the same when the network has just changed
const LEFT = 1000; // "normal closure": the seat may be given up at once

/** Codes after which trying again by ourselves would be wrong. */
const FINAL = new Set([
  CLOSE.NOT_SIGNED_IN,
  CLOSE.NOT_ALLOWED,
  CLOSE.NO_SESSION,
  CLOSE.REPLACED,
  CLOSE.ENDED,
]);

/**
 * How long to wait before try number `attempt` (1, 2, …): doubling, spread so that a room full of
 * people does not come back in one instant. `random` is in [0, 1).
 */
export function retryDelay(attempt, random) {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
  return Math.round(longest * (0.5 + random / 2));
}

/** Where the resume token of one session is kept: the tab's own storage, so that a reload finds it. */
export class ResumeToken {
  #key;

  constructor(sessionId) {
    this.#key = `peerlearn.room.${sessionId}`;
  }

  get() {
    return sessionStorage.getItem(this.#key);
  }

  set(token) {
    sessionStorage.setItem(this.#key, token);
  }

  clear() {
    sessionStorage.removeItem(this.#key);
  }
}

export class RoomSocket {
  #url;
  #token;
  #on;
  /** @type {WebSocket|null} */
  #socket = null;
  #attempt = 0;
  #retry = 0;
  #heartbeat = 0;
  #doubt = 0;
  #heardAt = 0;
  #lastError = null;

  /**
   * @param {string} url address of the socket; relative ones are resolved against the page
   * @param {ResumeToken} token
   * @param {{message: (message: any) => void, status: (status: SocketStatus) => void,
   *   closed: (end: SocketEnd) => void}} on
   */
  constructor(url, token, on) {
    this.#url = new URL(url, location.href);
    this.#url.protocol = this.#url.protocol.replace("http", "ws");
    this.#token = token;
    this.#on = on;
  }

  get joined() {
    return this.#socket?.readyState === WebSocket.OPEN && this.#attempt === 0;
  }

  open() {
    this.#stop();
    this.#lastError = null;
    const url = new URL(this.#url);
    const token = this.#token.get();
    if (token) url.searchParams.set("resume", token);
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    this.#on.status({ state: this.#attempt ? "reconnecting" : "connecting", attempt: this.#attempt });
    this.#attempt ||= 1;
    this.#listen();
  }

  /** Say goodbye and give up the seat. */
  close() {
    this.#token.clear();
    this.#stop(LEFT);
  }

  /** Try at once instead of waiting (the network came back, or the person asked). */
  retryNow() {
    if (!this.joined && (this.#retry || this.#socket)) this.open();
  }

  /** The network is another one: an old link would be noticed as dead only after a long silence. */
  networkChanged() {
    if (!this.joined) {
      this.retryNow();
      return;
    }
    const asked = performance.now();
    this.send({ type: "ping", t: Math.round(asked) });
    clearTimeout(this.#doubt);
    this.#doubt = setTimeout(() => this.#heardAt < asked && this.#closed(CLOSE.TOO_SLOW), DOUBT_MS);
  }

  /**
   * @param {ClientMessage|import("./messages.js").Pong} message
   * @returns {boolean} false when it could not be sent
   */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #receive(text) {
    this.#heardAt = performance.now();
    const message = JSON.parse(text);
    if (message.type === "pong") return;
    if (message.type === "ping") {
      this.send({ type: "pong", t: message.t });
      return;
    }
    if (message.type === "error") this.#lastError = message;
    if (message.type === "waiting") this.#on.status({ state: "waiting", attempt: 0 });
    if (message.type === "joined") this.#joined(message);
    this.#on.message(message);
  }

  #joined(message) {
    this.#attempt = 0;
    if (message.resume) this.#token.set(message.resume);
    this.#on.status({ state: "joined", attempt: 0 });
  }

  #closed(code) {
    this.#stop();
    if (FINAL.has(code)) {
      if (code !== CLOSE.REPLACED) this.#token.clear();
      this.#on.closed({ code, error: this.#lastError });
      return;
    }
    this.#attempt = Math.max(1, this.#attempt + (this.#attempt ? 1 : 0));
    const wait = code === CLOSE.TOO_MANY ? LONGEST_RETRY_MS : retryDelay(this.#attempt, Math.random());
    this.#retry = setTimeout(() => this.open(), wait);
    this.#on.status({ state: "reconnecting", attempt: this.#attempt });
  }

  /** A dead link says nothing; the browser would notice only minutes later. */
  #listen() {
    this.#heardAt = performance.now();
    this.#heartbeat = setInterval(() => {
      if (performance.now() - this.#heardAt > SILENCE_MS) this.#closed(CLOSE.TOO_SLOW);
      else this.send({ type: "ping", t: Math.round(performance.now()) });
    }, PING_MS);
  }

  #stop(code) {
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    clearTimeout(this.#doubt);
    this.#retry = 0;
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.onmessage = socket.onclose = null;
    socket.close(...(code ? [code] : []));
  }
}
