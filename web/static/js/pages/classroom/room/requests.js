/** Small questions to who leads: somebody waits at the door, somebody wants to share the screen. */

import { leads } from "../../../room/conduct.js";
import { icon, make, part } from "./dom.js";

const MOST = 3; // cards at once; the people panel has them all

export class Requests {
  #state;
  #box = part("requests");
  #shown = "";
  #dismissed = new Set();

  /** @param {import("../../../room/call.js").Call} call */
  constructor(call) {
    this.#state = call.state;
    this.call = call;
  }

  get actions() {
    return {
      "grant-screen": ({ dataset }) => this.call.moderate("allow-screen", dataset.person),
      "later": ({ dataset }) => this.#dismiss(dataset.key),
    };
  }

  update() {
    const wanted = leads(this.#state.self) && this.#state.phase === "in" ? this.#wanted() : [];
    const shown = JSON.stringify(wanted);
    if (shown === this.#shown) return;
    this.#shown = shown;
    for (const key of this.#dismissed) if (!this.#all.some((one) => one.key === key)) this.#dismissed.delete(key);
    this.#box.replaceChildren(...wanted.map((one) => this.#card(one)));
  }

  get #all() {
    const { knocking, asking } = this.#state;
    const people = [...asking].map((id) => this.#state.find(id));
    return [
      ...knocking.map(({ id, name }) => ({ key: `door ${id}`, id, name, kind: "door" })),
      ...people.filter((one) => one !== undefined).map((one) => ({ key: `screen ${one.id}`, id: one.id, name: one.name, kind: "screen" })),
    ];
  }

  #wanted() {
    return this.#all.filter(({ key }) => !this.#dismissed.has(key)).slice(0, MOST);
  }

  #dismiss(key) {
    if (key.startsWith("screen ")) this.#state.asking.delete(key.slice("screen ".length));
    else this.#dismissed.add(key);
    this.#state.touch("house");
  }

  #card({ key, id, name, kind }) {
    const door = kind === "door";
    const button = (action, words, tone) =>
      make("button", { className: `button button-small ${tone}`, type: "button", data: { action, person: id, key }, "aria-label": `${words}: ${name}` }, words);
    return make("div", { className: "request" },
      icon(door ? "person" : "screen"),
      make("p", { className: "grow" }, make("strong", {}, name), door ? " wants to come in" : " wants to share the screen"),
      button(door ? "admit" : "grant-screen", door ? "Admit" : "Allow", ""),
      button("later", "Later", "button-plain"));
  }
}
