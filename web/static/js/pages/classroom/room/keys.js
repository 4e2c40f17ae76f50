/** Keys of the room: one letter for each control, holding the space bar to speak, and the list of them. */

import { make, part } from "./dom.js";

/** @type {[key: string, action: string, words: string][]} */
export const KEYS = [
  ["m", "microphone", "Microphone on or off"],
  ["v", "camera", "Camera on or off"],
  ["s", "screen", "Share your screen, or stop"],
  ["h", "hand", "Raise or lower your hand"],
  ["r", "react", "Reactions"],
  ["c", "chat", "Chat"],
  ["p", "people", "People"],
  ["a", "activities", "Activities"],
  ["l", "layout", "Next layout"],
  ["t", "captions", "Captions on or off"],
  ["x", "lost-me", "“You lost me”, to the mentor only"],
  ["k", "moment", "Mark this moment"],
  ["?", "keys", "This list"],
];
const IN_LOBBY = new Set(["microphone", "camera", "keys"]);
const STORES = { shortcuts: "peerlearn.keys", "push-to-talk": "peerlearn.push-to-talk" };
const ACTIONS = new Map(KEYS.map(([key, action]) => [key, action]));

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog, [popover]") !== null;
}

export class Keys {
  #call;
  #act;
  #panels;
  #ticks = { shortcuts: part("shortcuts"), "push-to-talk": part("push-to-talk") };
  #talking = false;

  /** @param {import("../../../room/call.js").Call} call @param {(action: string) => void} act */
  constructor(call, panels, act) {
    this.#call = call;
    this.#panels = panels;
    this.#act = act;
    this.#remember("shortcuts", localStorage.getItem(STORES.shortcuts) !== "off");
    this.#remember("push-to-talk", localStorage.getItem(STORES["push-to-talk"]) === "on");
    document.addEventListener("keydown", (event) => this.#down(event));
    document.addEventListener("keyup", (event) => this.#up(event));
    addEventListener("blur", () => this.#talk(false));
    part("keys-list").replaceChildren(...KEYS.map(([key, , words]) => this.#entry(key, words)));
  }

  get on() {
    return this.#ticks.shortcuts.checked;
  }

  /** The key of that action, "" where keys are off. */
  of(action) {
    return this.on ? (KEYS.find((one) => one[1] === action)?.[0] ?? "") : "";
  }

  #remember(name, on) {
    const tick = this.#ticks[name];
    tick.checked = on;
    tick.addEventListener("change", () => {
      localStorage.setItem(STORES[name], tick.checked ? "on" : "off");
      this.#act("");
    });
  }

  #entry(key, words) {
    return make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, words));
  }

  #down(event) {
    if (event.key === "Escape" && this.#panels.open && !document.querySelector("dialog[open]")) this.#panels.show("");
    if (event.key === " " && this.#mayTalk(event)) {
      event.preventDefault(); // else it presses the button that has the focus
      if (!event.repeat) this.#talk(true);
      return;
    }
    const action = ACTIONS.get(event.key.toLowerCase());
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (!action || !plain || !this.on || isTyping(event.target) || !this.#allowed(action)) return;
    event.preventDefault();
    this.#act(action);
  }

  #allowed(action) {
    const { phase } = this.#call.state;
    return phase === "lobby" ? IN_LOBBY.has(action) : phase !== "over";
  }

  #mayTalk({ target }) {
    return this.#ticks["push-to-talk"].checked && this.#call.state.phase === "in" && !isTyping(target);
  }

  #up(event) {
    if (event.key !== " " || !this.#talking) return;
    event.preventDefault();
    this.#talk(false);
  }

  /** Who had the microphone on anyway keeps it on. */
  #talk(on) {
    const { local } = this.#call;
    if (on === this.#talking || (on && local.on.microphone)) return;
    this.#talking = on;
    local.turn("microphone", on);
  }
}
