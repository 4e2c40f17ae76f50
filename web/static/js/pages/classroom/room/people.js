/** The list of who is here: hands in order, a search once there are many, a menu for who leads. */

import { leads } from "../../../room/conduct.js";
import { avatar, icon, make, part, say } from "./dom.js";
import { ROLES } from "./words.js";

const SEARCH_FROM = 8; // people; fewer are seen at one glance

/** What a row shows, as text: rows are made anew only when it differs. */
function signature(person, place, mine, menu, asks) {
  const { name, role, hand, media, may_share: may } = person;
  return JSON.stringify([name, role, hand && place, media, may, mine, menu, asks]);
}

/** @param {import("../../../room/messages.js").Participant} person @param {number} place of the hand, from 1 */
function row(person, place, mine, menu, asks) {
  const { id, name, role, hand, media } = person;
  const state = (on, picture, words) => icon(on ? picture : `${picture}-off`, `${words} ${on ? "on" : "off"}`);
  const granted = role === "learner" && person.may_share;
  return make("li", { className: "people-row", data: { person: id } },
    avatar(name),
    make("span", { className: "people-who" },
      make("span", { className: "people-name" }, mine ? `${name} (you)` : name),
      make("span", { className: "tiny soft" }, (ROLES[role] ?? role) + (granted ? " · may share the screen" : ""))),
    asks ? make("span", { className: "chip chip-pine" }, icon("screen", "Waits to share the screen")) : null,
    hand ? make("span", { className: "chip chip-warn" }, icon("hand", "Hand raised"), String(place)) : null,
    make("span", { className: "people-media" },
      media?.screen ? icon("screen", "shares the screen") : null,
      state(media?.microphone, "microphone", "microphone"),
      state(media?.camera, "camera", "camera")),
    menu ? opener(id, name) : null);
}

function opener(id, name) {
  const button = make("button", {
    className: "icon-button", type: "button", data: { action: "person", person: id },
    "aria-haspopup": "true", "aria-label": `What to do with ${name}`,
  }, icon("more"));
  button.setAttribute("popovertarget", "person-menu");
  return button;
}

export class People {
  #state;
  #list = part("people");
  #search = part("people-search");
  /** @type {Map<string, {node: HTMLElement, shown: string}>} */
  #rows = new Map();

  /** @param {import("../../../room/state.js").RoomState} state */
  constructor(state) {
    this.#state = state;
    this.#search.addEventListener("input", () => this.update());
  }

  /** Raised hands first, in their order, then the order of arrival. */
  update() {
    const { hands } = this.#state;
    const everyone = [...hands, ...this.#state.everyone.filter((person) => !person.hand)];
    this.#showSearch(everyone.length);
    const found = everyone.filter(({ name }) => this.#matches(name));
    const nodes = found.map((person) => this.#row(person, hands.indexOf(person) + 1));
    this.#forget(everyone);
    this.#put(nodes);
    say(part("people-count"), String(everyone.length));
    say(part("people-none"), found.length ? "" : "Nobody here has such a name.");
  }

  #showSearch(count) {
    const field = part("people-search-field");
    field.hidden = count < SEARCH_FROM;
    if (field.hidden) this.#search.value = "";
  }

  #matches(name) {
    return name.toLowerCase().includes(this.#search.value.trim().toLowerCase());
  }

  #row(person, place) {
    const mine = person === this.#state.self;
    const menu = !mine && leads(this.#state.self);
    const asks = this.#state.house.queue.includes(person.id) || this.#state.asking.has(person.id);
    const shown = signature(person, place, mine, menu, asks);
    const known = this.#rows.get(person.id);
    if (known?.shown === shown) return known.node;
    const node = row(person, place, mine, menu, asks);
    if (known) this.#replace(known.node, node);
    this.#rows.set(person.id, { node, shown });
    return node;
  }

  /** Who stands on a row's button keeps the focus there. */
  #replace(old, node) {
    const focused = old.contains(document.activeElement);
    if (old.isConnected) old.replaceWith(node);
    if (focused) node.querySelector("button")?.focus();
  }

  #forget(everyone) {
    const here = new Set(everyone.map(({ id }) => id));
    for (const id of this.#rows.keys()) if (!here.has(id)) this.#rows.delete(id);
  }

  #put(nodes) {
    const same = nodes.length === this.#list.children.length && nodes.every((node, index) => node === this.#list.children[index]);
    if (same) return;
    const focused = document.activeElement;
    this.#list.replaceChildren(...nodes);
    if (focused instanceof HTMLElement && this.#list.contains(focused)) focused.focus();
  }
}
