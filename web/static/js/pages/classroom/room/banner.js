/** What is wrong with the connection, said once and in order of weight. */

import { icon, make, part } from "./dom.js";

const TRIES_BEFORE_DOUBT = 4; // about three seconds

const STEADY_MS = 4_000; // a step of a slow network is said once it has lasted so long, and no longer
const STEPS = new Set(["slow", "smaller", "softer"]);

const SAID = {
  offline: ["alert", "You are offline. We come back by ourselves as soon as you are connected."],
  reconnecting: ["signal", "Connection lost. Getting you back… Your place is kept; what you write waits until then."],
  unreachable: ["alert", "The server does not answer. We keep trying.", "retry", "Try now"],
  waiting: ["clock", "The mentor lets people in. You stay ready until then."],
  joining: ["signal", "Joining…"],
  interrupted: ["signal", "Picture and sound are interrupted. Getting them back…"],
  blocked: ["alert", "Picture and sound can't get through: your network may block video calls (UDP and the relay). Try another one, for example your phone’s hotspot, turn a VPN off, or ask whoever runs this network. Chat works, and we keep trying.", "retry", "Try now"],
  unavailable: ["alert", "The media server is away for a moment. Picture and sound come back by themselves; chat works."],
  full: ["clock", "All our media servers are full just now. Picture and sound come as soon as there is room; chat works."],
  slow: ["signal", "Your connection is too slow for video right now. You still hear everyone."],
  smaller: ["signal", "Your connection is slow: others see you smaller, and less sharp, for now. Your voice goes first."],
  softer: ["signal", "Your connection is slow: pictures are smaller for now. Closing other downloads and video helps."],
  sound: ["speaker", "Your browser keeps the sound off until you click.", "sound", "Turn sound on"],
};

export class Banner {
  soundBlocked = false;
  #state;
  #shown = "";
  #step = "";
  #stepTimer = 0;
  #since = 0;

  /** @param {import("../../../room/state.js").RoomState} state */
  constructor(state) {
    this.#state = state;
    for (const event of ["online", "offline"]) addEventListener(event, () => this.update());
  }

  update() {
    const reason = this.#reason() || this.#steady();
    if (reason === this.#shown) return;
    this.#shown = reason;
    const box = part("banner");
    box.dataset.reason = reason;
    box.replaceChildren(...(reason ? this.#content(SAID[reason]) : []));
  }

  #reason() {
    const { link, media, tries, soundOnly } = /** @type {any} */ (this.#state);
    if (!navigator.onLine && link !== "joined") return "offline";
    if (link === "waiting") return "waiting";
    if (link === "connecting") return "joining";
    if (link === "reconnecting") return tries > TRIES_BEFORE_DOUBT ? "unreachable" : "reconnecting";
    if (["blocked", "unavailable", "full", "interrupted"].includes(media)) return media;
    if (this.soundBlocked) return "sound";
    return soundOnly ? "slow" : "";
  }

  /** A slow network's smaller steps; they come and go, so only lasting ones are said. */
  #steady() {
    const step = this.#state.slowStep;
    if (step === this.#shown) return step;
    if (step !== this.#step) {
      this.#step = step;
      clearTimeout(this.#stepTimer);
      this.#stepTimer = setTimeout(() => this.update(), STEADY_MS);
      this.#since = performance.now();
    }
    const lasted = performance.now() - this.#since >= STEADY_MS - 50;
    if (lasted) return step;
    return STEPS.has(this.#shown) && this.#shown !== "slow" ? this.#shown : "";
  }

  #content([picture, text, action, words]) {
    const button = action && make("button", { className: "button button-quiet button-small", type: "button", data: { action } }, words);
    return [icon(picture), make("p", {}, text), ...(button ? [button] : [])];
  }
}
