/** Reactions: a row of six to choose from, and what others chose rising over the stage for a moment. */

import { icon, make, part, parts } from "./dom.js";

export const REACTIONS = {
  clap: "claps",
  heart: "sends a heart",
  laugh: "laughs",
  surprised: "is surprised",
  "thumbs-up": "gives a thumbs up",
  celebrate: "celebrates",
};
const RISES_MS = 4_000;
const MOST = 12; // at once; more of them say no more
const SAID_EVERY_MS = 3_000; // a burst is told once

export class Reactions {
  #call;
  #announce;
  #box = part("reactions");
  #saidAt = -SAID_EVERY_MS;

  /** @param {import("../../../room/call.js").Call} call @param {(text: string) => void} announce */
  constructor(call, announce) {
    this.#call = call;
    this.#announce = announce;
    for (const row of parts("emoji")) row.replaceChildren(...Object.keys(REACTIONS).map((name) => this.#choice(name)));
  }

  get actions() {
    return { emoji: (button) => this.#call.send({ type: "reaction", emoji: button.dataset.name }) };
  }

  #choice(name) {
    const words = name.replace("-", " ");
    return make("button", { className: "emoji", type: "button", data: { action: "emoji", name }, title: words, "aria-label": words }, icon(`react-${name}`));
  }

  /** Somebody reacted. */
  show({ id, name, emoji }) {
    const words = REACTIONS[emoji];
    if (!words) return;
    const mine = id === this.#call.state.self?.id;
    if (this.#box.children.length >= MOST) this.#box.firstElementChild.remove();
    const rising = make("div", { className: "reaction", "aria-hidden": "true" },
      make("span", { className: "reaction-picture", data: { name: emoji } }, icon(`react-${emoji}`)),
      make("span", { className: "reaction-name" }, mine ? "You" : name));
    rising.style.setProperty("--from", `${6 + Math.random() * 62}%`);
    this.#box.append(rising);
    setTimeout(() => rising.remove(), RISES_MS);
    if (!mine) this.#say(`${name} ${words}.`);
  }

  #say(text) {
    const now = performance.now();
    if (now - this.#saidAt < SAID_EVERY_MS) return;
    this.#saidAt = now;
    this.#announce(text);
  }
}
