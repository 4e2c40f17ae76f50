/** "You lost me", and marking a moment to find it again. */

import { leads, LOST_MS } from "../../../room/conduct.js";
import { part, parts, say } from "./dom.js";

const TOLD_MS = 6_000; // how long the button says that it was heard

export class Attention {
  #call;
  #state;
  #toast;
  #timer = 0;
  #told = 0;

  /** @param {import("../../../room/call.js").Call} call @param {(text: string, tone?: any) => void} toast */
  constructor(call, toast) {
    this.#call = call;
    this.#state = call.state;
    this.#toast = toast;
    part("moment-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#mark();
    });
  }

  get actions() {
    return { "lost-me": () => this.#sayLost(), moment: () => this.#ask() };
  }

  update() {
    const lead = leads(this.#state.self);
    for (const button of parts("action", "lost-me")) button.hidden = lead;
    this.#showLost(lead);
  }

  #sayLost() {
    if (leads(this.#state.self) || this.#told) return;
    if (!this.#call.send({ type: "lost-me" })) return;
    this.#toast("The mentor sees that somebody lost the thread, not who.", "good");
    for (const button of parts("action", "lost-me")) button.setAttribute("aria-pressed", "true");
    this.#told = setTimeout(() => this.#forgetTold(), TOLD_MS);
  }

  #forgetTold() {
    this.#told = 0;
    for (const button of parts("action", "lost-me")) button.setAttribute("aria-pressed", "false");
  }

  /** A quiet chip for who leads, for as long as it counts. */
  #showLost(lead) {
    const { lost } = this.#state;
    const left = lost ? lost.heardAt + LOST_MS - Date.now() : 0;
    const shown = lead && lost !== null && lost.count > 0 && left > 0;
    part("lost").hidden = !shown;
    clearTimeout(this.#timer);
    if (!shown) return;
    say(part("lost-count"), String(lost.count));
    this.#timer = setTimeout(() => this.#state.set({ lost: null }), left);
  }

  #ask() {
    const dialog = part("dialog", "moment");
    const who = this.#state.self?.role === "mentor" ? "Everybody here sees it" : "Only you see it";
    say(part("moment-note"), `${who}, in the summary after the lesson and in the recording.`);
    part("moment-label").value = "";
    dialog.showModal();
  }

  #mark() {
    const label = part("moment-label").value.trim();
    part("dialog", "moment").close();
    const sent = this.#call.send({ type: "moment", ...(label && { label }) });
    if (!sent) this.#toast("You are not connected just now: the moment was not marked.", "bad");
  }
}
