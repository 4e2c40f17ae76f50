/** The panels beside the stage: one open at a time, opened by whatever has `data-opens="<name>"`. */

import { part, parts } from "./dom.js";

const CLOSE_WORDS = "[data-action='close-panel']";

/** Panels are sheets over the stage: what stands on it would be covered, or cover them. */
export const isNarrow = () => matchMedia("(width < 56rem)").matches;

export class Panels {
  #listeners = new Set();
  /** @type {any} what had the focus before */
  #opener = null;
  #badges = new Map();

  constructor() {
    for (const button of parts("opens")) {
      if (!this.has(button.dataset.opens)) button.hidden = true;
    }
    for (const one of parts("needs-panels")) {
      one.hidden = !parts("activity").some((entry) => !entry.hidden);
    }
  }

  has(name) {
    return Boolean(part("panel", name));
  }

  /** Which one stands open, "" for none. */
  get open() {
    return parts("panel").find((panel) => !panel.hidden)?.dataset.panel ?? "";
  }

  /** @param {(open: string, before: string) => void} listener told after every opening and closing */
  onChange(listener) {
    this.#listeners.add(listener);
  }

  toggle(name) {
    this.show(this.open === name ? "" : name);
  }

  /** Opens that one and closes the other; focus goes with it and comes back. */
  show(name) {
    const before = this.open;
    if (name === before || (name && !this.has(name))) return;
    if (!before) this.#opener = document.activeElement;
    for (const panel of parts("panel")) panel.hidden = panel.dataset.panel !== name;
    if (name) this.#enter(part("panel", name));
    else this.#focusOpener();
    this.update();
    for (const listener of this.#listeners) listener(name, before);
  }

  /** @param {number} count things that are new in a panel that is not open; 0 takes the mark away */
  badge(name, count) {
    this.#badges.set(name, this.open === name ? 0 : count);
    this.update();
  }

  /** Buttons show what stands open, and what is new. */
  update() {
    if (this.open) this.#badges.delete(this.open);
    for (const button of parts("opens")) {
      const name = button.dataset.opens;
      if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(this.open === name));
      this.#mark(button, this.#badges.get(name) ?? 0);
    }
    const activities = parts("activity").map((entry) => this.#badges.get(entry.dataset.opens) ?? 0);
    for (const button of parts("action", "activities")) this.#mark(button, Math.max(0, ...activities));
  }

  #mark(button, count) {
    if (count) button.dataset.badge = count > 99 ? "99+" : String(count);
    else delete button.dataset.badge;
    const name = button.dataset.name ?? (button.dataset.name = button.textContent.trim());
    if (count) button.setAttribute("aria-label", `${name}, ${count} new`);
    else button.removeAttribute("aria-label");
  }

  #enter(panel) {
    (panel.querySelector("[data-first]") ?? panel.querySelector(CLOSE_WORDS) ?? panel).focus();
  }

  /** The menu an entry came from is closed by now: its button is the way back. */
  #focusOpener() {
    const opener = this.#opener;
    const menu = opener?.closest?.("[popover]");
    (menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : opener)?.focus();
  }
}
