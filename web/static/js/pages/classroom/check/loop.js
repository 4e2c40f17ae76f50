/**
 * Both ends of one call in this browser: `out` sends to the media node, `in` gets the same back. One socket
 * carries the words of both. The peers are those of the room.
 */

import { Connection } from "../../../room/connection.js";
import { Peer } from "../../../room/peer.js";
import { pathOf, read } from "./figures.js";

const OPEN_MS = 10_000; // for the socket
const CONNECT_MS = 16_000; // the room tries twice in that time
const RELAY_MS = 8_000;
const WAY = { UDP: "turn-udp", TCP: "turn-tcp", TLS: "turn-tls" };
const WIDTH = 1280;
/** @type {Leg[]} */
const LEGS = ["out", "in"];

/** @typedef {"out"|"in"} Leg */

/** What goes wrong before there is anything to measure; `code` as in the error of the server. */
export class CheckError extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

/** `promise`, or `undefined` after `ms`. */
const within = (ms, promise) => Promise.race([promise, new Promise((done) => setTimeout(done, ms))]);

export class Loop {
  node = "";
  /** @type {RTCIceServer[]} */
  iceServers = [];
  /** @type {any} what the node says of the picture that comes back */
  told;
  #socket;
  /** @type {any} */
  #lastError = null;
  /** @type {Record<Leg, {receive: (message: any) => void, reset?: () => void}|null>} */
  #legs = { out: null, in: null };
  /** @type {Peer[]} */
  #peers = [];
  #ended;
  #end;

  /** @param {string} url of the check's socket */
  constructor(url) {
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.#socket = new WebSocket(address);
    this.#ended = new Promise((done) => (this.#end = done));
    this.#socket.onclose = () => this.#end(this.#lastError ?? { code: "blocked", message: "" });
  }

  /** Until the check has begun. @returns {Promise<number>} ms; rejects with CheckError */
  async open() {
    const began = performance.now();
    const said = new Promise((done) => (this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data), done)));
    const first = await within(OPEN_MS, Promise.race([said, this.#ended]));
    if (first?.type !== "check") throw new CheckError(first?.code ?? "blocked", first?.message ?? "");
    this.node = first.node;
    this.iceServers = first.ice_servers;
    return Math.round(performance.now() - began);
  }

  /**
   * Make both connections. @param {Record<"camera"|"microphone", MediaStreamTrack>} tracks what is sent
   * @param {(track: MediaStreamTrack) => void} returned for what comes back
   * @returns {Promise<number>} ms until both are up; rejects with CheckError
   */
  async connect(tracks, returned) {
    const began = performance.now();
    const [sends, out] = this.#peer("out", () => {});
    const [gets, back] = this.#peer("in", (arrived) => this.#arrived(arrived, returned));
    for (const [source, track] of Object.entries(tracks)) out.publish(/** @type {any} */ (source), track);
    out.join(this.iceServers);
    back.join(this.iceServers);
    const both = Promise.all([sends, gets]).then(() => "up");
    const how = await within(CONNECT_MS, Promise.race([both, this.#ended]));
    if (how === "up") return Math.round(performance.now() - began);
    throw new CheckError(how?.code ?? "no_way", how?.message ?? "");
  }

  /** One look at both ends, or null while one of them is away. */
  async look() {
    const [out, back] = await Promise.all(this.#peers.map((peer) => peer.stats()));
    return out && back ? read(performance.now(), out, back) : null;
  }

  /**
   * Whether each way by the relay leads through, tried one after the other. The peers are closed.
   * @param {MediaStreamTrack} track something to send @param {string} used the way that was just measured
   * @returns {Promise<Record<string, boolean>>}
   */
  async relays(track, used) {
    this.#hangUp();
    /** @type {Record<string, boolean>} */
    const found = {};
    const servers = this.iceServers.flatMap((server) => [server.urls].flat().map((urls) => ({ ...server, urls })));
    for (const [index, server] of servers.filter(({ urls }) => urls.startsWith("turn")).entries()) {
      const name = wayOf(server.urls);
      found[name] ||= name === used || (await this.#relay(LEGS[index % LEGS.length], server, track));
    }
    return found;
  }

  close() {
    this.#hangUp();
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }

  /** @param {Leg} leg @returns {[Promise<void>, Peer]} when it is connected, and it */
  #peer(leg, tracks) {
    let up;
    const connected = new Promise((done) => (up = done));
    const on = { tracks, status: (status) => status === "connected" && up() };
    const peer = new Peer((message) => this.#send(leg, message), on);
    this.#legs[leg] = { receive: (message) => peer.receive(message), reset: () => peer.reset() };
    this.#peers.push(peer);
    return [connected, peer];
  }

  /** Show the picture and ask for the best of it. */
  #arrived(tracks, returned) {
    for (const { participant, source, track } of tracks) {
      if (source !== "camera") continue;
      this.#send("in", { type: "subscribe", participant, source, quality: "auto", width: WIDTH });
      returned(track);
    }
  }

  /** @param {Leg} leg whose seat at the node is used: a try that failed may be in the way of the next there */
  async #relay(leg, server, track) {
    let connection;
    const reached = new Promise((done) => {
      connection = new Connection([server], {
        send: (message) => this.#send(leg, message),
        tracks: () => {},
        state: (state) => state === "connected" && done(true),
        broken: () => done(false),
      }, "relay");
      this.#legs[leg] = relayed(connection);
      connection.publish("microphone", track);
    });
    const through = await within(RELAY_MS, reached);
    const led = Boolean(through) && pathOf(await connection.stats()) !== "udp";
    connection.close();
    return led;
  }

  #take(message, began) {
    if (message.as) this.#pass(message);
    else if (message.type === "error") this.#lastError = message;
    else if (message.type === "check") began(message);
  }

  #pass({ as: leg, ...message }) {
    if (message.type === "reset") this.#legs[leg]?.reset?.();
    else if (message.type !== "quality") this.#legs[leg]?.receive(message);
    else if (leg === "in" && message.participant === "out") this.told = message;
  }

  #send(leg, message) {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ ...message, as: leg }));
    return true;
  }

  #hangUp() {
    for (const peer of this.#peers.splice(0)) peer.close();
    this.#legs = { out: null, in: null };
  }
}

/** Which way a TURN address is (RFC 7065). @param {string} url */
function wayOf(url) {
  if (url.startsWith("turns:")) return WAY.TLS;
  return /[?&]transport=tcp/i.test(url) ? WAY.TCP : WAY.UDP;
}

/** A bare connection as a leg of the socket. @param {Connection} connection */
function relayed(connection) {
  const handlers = {
    offer: (message) => connection.receiveOffer(message),
    answer: (message) => connection.receiveAnswer(message),
    "ice-candidate": (message) => connection.receiveCandidate(message),
  };
  return { receive: (message) => handlers[message.type]?.(message) };
}
