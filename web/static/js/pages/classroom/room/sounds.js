/** Hearing the others: one audio element per voice or shared sound, on the chosen speaker. */

import { make, part } from "./dom.js";

const HEARD = new Set(["microphone", "screen-audio"]);

export class Sounds {
  #call;
  #box = part("sounds");
  /** @type {Map<string, HTMLAudioElement>} */
  #players = new Map();
  #blocked;

  /**
   * @param {import("../../../room/call.js").Call} call
   * @param {(blocked: boolean) => void} blocked the browser wants a click before it plays
   */
  constructor(call, blocked) {
    this.#call = call;
    this.#blocked = blocked;
    call.local.subscribe((source) => source === "devices" && this.#useSpeaker());
  }

  update() {
    const heard = this.#call.state.tracks.filter(({ source }) => HEARD.has(source));
    const keys = new Set(heard.map(({ participant, source }) => `${participant} ${source}`));
    for (const [key, player] of this.#players) if (!keys.has(key)) this.#drop(key, player);
    for (const { participant, source, track } of heard) this.#play(participant, source, track);
  }

  /** After a click of the person. */
  unblock() {
    this.#blocked(false);
    for (const player of this.#players.values()) this.#start(player);
  }

  #play(participant, source, track) {
    const key = `${participant} ${source}`;
    const player = this.#players.get(key) ?? this.#add(key, participant, source);
    const stream = /** @type {MediaStream|null} */ (player.srcObject);
    if (stream?.getTracks()[0] === track) return;
    player.srcObject = new MediaStream([track]);
    this.#start(player);
  }

  #add(key, participant, source) {
    const player = make("audio", { autoplay: true, data: { participant, source } });
    this.#players.set(key, player);
    this.#box.append(player);
    this.#useSpeaker();
    return player;
  }

  #start(player) {
    player.play().catch((error) => error.name === "NotAllowedError" && this.#blocked(true));
  }

  #drop(key, player) {
    player.srcObject = null;
    player.remove();
    this.#players.delete(key);
  }

  #useSpeaker() {
    const id = this.#call.local.choices.speaker;
    for (const player of this.#players.values()) {
      if (player.sinkId !== undefined && player.sinkId !== id) player.setSinkId(id).catch(() => {});
    }
  }
}
