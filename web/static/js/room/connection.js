/**
 * One RTCPeerConnection and its negotiation. We are the polite side: on glare our offer gives way and
 * is made again once the server's is answered. Sections are added with addTransceiver, never addTrack,
 * so that what we send and what the server sends never share one.
 */

import { encodings, fitted, kindOf } from "./sending.js";

/** @typedef {import("./messages.js").Source} Source */
/** @typedef {import("./messages.js").TrackLabel} TrackLabel */
/** @typedef {{mid: string, participant: string, source: Source, track: MediaStreamTrack,
 *   receiver: RTCRtpReceiver}} RemoteTrack */

const ANSWER_WITHIN_MS = 10_000; // an offer open for longer was lost: it is made again

/** A connection's name. `randomUUID` needs a secure context, watching does not. */
function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Connection {
  id = freshId();
  #pc;
  #on;
  /** @type {Map<Source, RTCRtpTransceiver>} */
  #sections = new Map();
  /** @type {Record<string, TrackLabel>} */
  #labels = {};
  /** @type {Map<string, string>} stream ids by mid, for a server that sends no labels */
  #streams = new Map();
  #early = [];
  #queue = Promise.resolve();
  #offerWanted = false;
  #restarts = false; // ICE, and no answer has told yet that it did
  #unanswered = 0;

  /**
   * @param {RTCIceServer[]} iceServers
   * @param {{send: (message: any) => boolean, tracks: (tracks: RemoteTrack[]) => void,
   *   state: (state: RTCPeerConnectionState) => void, broken: (error: Error) => void}} on
   * @param {RTCIceTransportPolicy} ways "relay" tries no other way than by TURN
   */
  constructor(iceServers, on, ways = "all") {
    this.#on = on;
    this.#pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: ways });
    this.#pc.onicecandidate = ({ candidate }) => {
      on.send({ type: "ice-candidate", candidate: candidate ? candidate.toJSON() : null });
    };
    this.#pc.ontrack = ({ transceiver, streams }) => {
      if (transceiver.mid && streams[0]) this.#streams.set(transceiver.mid, streams[0].id);
    };
    this.#pc.onconnectionstatechange = () => on.state(this.#pc.connectionState);
  }

  get state() {
    return this.#pc.connectionState;
  }

  stats() {
    return this.#pc.getStats();
  }

  /** When sound or picture came last, by the browser's clock. */
  newest() {
    const times = this.#pc.getReceivers().map((one) => one.getSynchronizationSources()[0]?.timestamp ?? 0);
    return Math.max(0, ...times);
  }

  /** Received so far, of all kinds. */
  async octets() {
    const pairs = [...(await this.#pc.getStats()).values()].filter(({ type }) => type === "candidate-pair");
    return pairs.reduce((sum, { bytesReceived = 0 }) => sum + bytesReceived, 0);
  }

  /** Loudness of what is heard, 0 to 1, by participant (RFC 6464 levels as the browser reports them). */
  levels() {
    return this.#received()
      .filter(({ source }) => source === "microphone")
      .map(({ participant, receiver }) => ({
        participant,
        level: receiver.getSynchronizationSources()[0]?.audioLevel ?? 0,
      }));
  }

  /**
   * Send `track` as `source`, or nothing. A section once made stays; an empty screen section turns
   * inactive so that nobody keeps a dead picture.
   * @param {Source} source
   * @param {MediaStreamTrack|null} track
   */
  async publish(source, track) {
    const section = this.#sections.get(source);
    if (!section) {
      this.#addSection(source, track);
      this.negotiate();
      return;
    }
    await section.sender.replaceTrack(track);
    await this.#fit(source, section);
    const direction = track || !source.startsWith("screen") ? "sendonly" : "inactive";
    if (section.direction === direction) return;
    section.direction = direction;
    this.negotiate();
  }

  #addSection(source, track) {
    const section = this.#pc.addTransceiver(track ?? kindOf(source), {
      direction: "sendonly",
      sendEncodings: encodings(source, track),
    });
    this.#sections.set(source, section);
  }

  /** Set layers for the track that is sent now. A browser that refuses goes on with what it has. */
  async #fit(source, { sender }) {
    if (!sender.track) return;
    const parameters = sender.getParameters();
    const wanted = fitted(source, parameters, sender.track);
    if (JSON.stringify(wanted) === JSON.stringify(parameters)) return;
    await sender.setParameters(wanted).catch(() => {});
  }

  /** Offer as soon as nothing is open. */
  negotiate() {
    this.#offerWanted = true;
    return this.#enqueue(() => this.#offer());
  }

  restartIce() {
    this.#restarts = true;
    this.#pc.restartIce();
    return this.negotiate();
  }

  /** The socket is new: offers on their way are forgotten on both sides, so we make ours again. */
  resume() {
    return this.#enqueue(async () => {
      await this.#rollBack();
      if (this.#restarts || this.#pc.connectionState !== "connected") this.#pc.restartIce();
      this.#offerWanted = true;
      await this.#offer();
    });
  }

  /** @param {import("./messages.js").Offer} message */
  receiveOffer(message) {
    return this.#enqueue(async () => {
      // Setting it rolls ours back by itself; ours is made again below.
      if (this.#pc.signalingState === "have-local-offer") this.#offerWanted = true;
      this.#answered();
      await this.#pc.setRemoteDescription(message.offer);
      await this.#pc.setLocalDescription();
      const { type, sdp } = this.#pc.localDescription;
      this.#on.send({ type: "answer", answer: { type, sdp } });
      this.#labels = message.tracks ?? {};
      await this.#settled();
    });
  }

  /** @param {import("./messages.js").Answer} message */
  receiveAnswer(message) {
    return this.#enqueue(async () => {
      // An answer to an offer that has given way meanwhile.
      if (this.#pc.signalingState !== "have-local-offer") return;
      this.#answered();
      this.#restarts = false;
      await this.#pc.setRemoteDescription(message.answer);
      await this.#settled();
    });
  }

  /** @param {import("./messages.js").IceCandidate} message */
  receiveCandidate({ candidate }) {
    return this.#enqueue(async () => {
      if (this.#pc.remoteDescription) await this.#addCandidate(candidate ?? null);
      else this.#early.push(candidate ?? null);
    });
  }

  close() {
    this.#answered();
    this.#pc.onicecandidate = this.#pc.ontrack = this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  /** One step after the other; steps of a closed connection are dropped. */
  #enqueue(step) {
    this.#queue = this.#queue.then(async () => {
      if (this.#pc.signalingState === "closed") return;
      try {
        await step();
      } catch (error) {
        if (this.#pc.signalingState !== "closed") this.#on.broken(error);
      }
    });
    return this.#queue;
  }

  async #offer() {
    if (!this.#offerWanted || this.#pc.signalingState !== "stable") return;
    this.#offerWanted = false;
    await this.#pc.setLocalDescription();
    const { type, sdp } = this.#pc.localDescription;
    const offer = { type: "offer", offer: { type, sdp }, tracks: this.#sent(), connection: this.id };
    if (this.#on.send(offer)) {
      this.#unanswered = setTimeout(() => this.resume(), ANSWER_WITHIN_MS);
      return;
    }
    await this.#rollBack(); // no socket now: `resume` offers again
  }

  async #rollBack() {
    this.#answered();
    if (this.#pc.signalingState === "have-local-offer") {
      await this.#pc.setLocalDescription({ type: "rollback" });
    }
  }

  #answered() {
    clearTimeout(this.#unanswered);
  }

  /** A round of negotiation is through. */
  async #settled() {
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    for (const [source, section] of this.#sections) await this.#fit(source, section);
    this.#on.tracks(this.#received());
    await this.#offer();
  }

  /** A candidate that does not fit (an old generation, a name that can't be resolved) is normal. */
  async #addCandidate(candidate) {
    await this.#pc.addIceCandidate(candidate).catch(() => {});
  }

  /** What our sections carry, by mid. */
  #sent() {
    const sending = [...this.#sections].filter(([, section]) => section.direction === "sendonly");
    return Object.fromEntries(sending.map(([source, section]) => [section.mid, { source }]));
  }

  /** @returns {RemoteTrack[]} what the server sends us now */
  #received() {
    const found = [];
    for (const { mid, currentDirection, receiver } of this.#pc.getTransceivers()) {
      if (mid === null || !["recvonly", "sendrecv"].includes(currentDirection ?? "")) continue;
      const label = this.#labels[mid] ?? this.#guess(mid, receiver.track.kind, found);
      if (!label) continue;
      const participant = label.participant ?? this.#streams.get(mid) ?? "";
      found.push({ mid, participant, source: label.source, track: receiver.track, receiver });
    }
    return found;
  }

  /** Without labels the stream is the participant; audio is the microphone, the second video the screen. */
  #guess(mid, kind, found) {
    const participant = this.#streams.get(mid);
    if (!participant) return null;
    if (kind === "audio") return { source: "microphone", participant };
    const camera = found.some((one) => one.participant === participant && one.source === "camera");
    return { source: camera ? "screen" : "camera", participant };
  }
}
