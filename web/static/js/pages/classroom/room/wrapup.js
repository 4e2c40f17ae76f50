/** The lesson's end: objectives to tick, takeaways and homework; offered five minutes before it is over. */

import { icon, make, part, parts, say } from "./dom.js";
import { isNarrow } from "./panels.js";

const SAVE_MS = 800; // after the last key
const OFFER_MS = 5 * 60_000;
const LOOK_MS = 5_000;
const TITLES = { takeaways: "Key takeaways", homework: "Homework" };

export class WrapUp {
  #teaching;
  #tools;
  #call;
  #offered = false;
  #timer = 0;
  /** Written here and not said yet, or said and not heard back. */
  #dirty = false;

  constructor(teaching, tools, call) {
    this.#teaching = teaching;
    this.#tools = tools;
    this.#call = call;
    part("stage").append(part("wrapup-card"));
    part("objectives").addEventListener("change", (event) => this.#ticked(event.target));
    part("wrapup-form").addEventListener("submit", (event) => event.preventDefault());
    for (const field of parts("wrapup-field")) {
      field.addEventListener("input", () => this.#written());
      field.addEventListener("blur", () => this.#save());
    }
    part("wrapup-open").addEventListener("click", () => {
      this.#close();
      tools.panels.show("wrapup");
    });
    part("wrapup-later").addEventListener("click", () => this.#close());
    tools.panels.onChange((open) => {
      if (open === "wrapup" || (open && isNarrow())) this.#close();
    });
    teaching.onEvent(({ kind }) => {
      if (kind === "lesson" && this.#dirty) this.#save();
    });
    setInterval(() => this.#offer(), LOOK_MS);
  }

  update(changed) {
    if (["objectives", "people"].some((name) => changed.has(name))) this.#showObjectives();
    if (["wrapup", "people"].some((name) => changed.has(name))) this.#showWords();
  }

  // --- objectives

  #showObjectives() {
    const { objectives, leads } = this.#teaching;
    const reached = objectives.filter((one) => one.reached).length;
    part("objectives-empty").hidden = objectives.length > 0;
    say(part("objectives-count"), objectives.length ? `${reached} of ${objectives.length}` : "");
    const focused = document.activeElement?.id;
    part("objectives").replaceChildren(...objectives.map((one, index) => objective(one, index, leads)));
    if (focused?.startsWith("objective-")) document.getElementById(focused)?.focus();
  }

  #ticked(box) {
    const said = this.#teaching.say({ type: "objective", index: Number(box.value), reached: box.checked });
    if (said) return;
    box.checked = !box.checked;
    this.#tools.toast("You are not connected. Try again in a moment.", "bad");
  }

  // --- takeaways and homework

  #showWords() {
    const { wrapup, leads } = this.#teaching;
    part("wrapup-form").hidden = !leads;
    part("wrapup-read").hidden = leads;
    if (leads) this.#fill(wrapup);
    else part("wrapup-read").replaceChildren(...readable(wrapup));
  }

  #fill(wrapup) {
    const same = parts("wrapup-field").every((field) => field.value === wrapup[field.dataset.wrapupField]);
    if (this.#dirty && same) {
      this.#dirty = false;
      say(part("wrapup-status"), "Kept.");
    }
    if (this.#dirty) return;
    for (const field of parts("wrapup-field")) {
      if (!same) field.value = wrapup[field.dataset.wrapupField];
    }
  }

  #written() {
    this.#dirty = true;
    say(part("wrapup-status"), "Keeping…");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), SAVE_MS);
  }

  #save() {
    clearTimeout(this.#timer);
    if (!this.#dirty) return;
    const words = Object.fromEntries(parts("wrapup-field").map((field) => [field.dataset.wrapupField, field.value]));
    const said = this.#teaching.say({ type: "wrapup", ...words });
    if (!said) say(part("wrapup-status"), "Not connected. This is sent when you are back.");
  }

  // --- the offer

  #offer() {
    const left = Date.parse(this.#call.state.endsAt) - Date.now();
    const { leads } = this.#teaching;
    if (this.#offered || !leads || this.#call.state.phase !== "in" || !(left <= OFFER_MS)) return;
    this.#offered = true;
    if (this.#tools.panels.open === "wrapup") return;
    part("wrapup-card").hidden = false;
    this.#tools.announce("About five minutes left. The wrap-up is ready to be written.");
  }

  #close() {
    part("wrapup-card").hidden = true;
  }
}

function objective({ text, reached }, index, leads) {
  const words = make("span", {}, text);
  if (!leads) {
    const open = () => make("span", { className: "objective-open", role: "img", "aria-label": "Not yet" });
    const mark = reached ? icon("check", "Reached") : open();
    return make("li", { className: `objective${reached ? " reached" : ""}` }, mark, words);
  }
  const box = make("input", { type: "checkbox", value: String(index), checked: reached, id: `objective-${index}` });
  return make("li", {}, make("label", { className: "tick" }, box, words));
}

/** What learners read so far. */
function readable(wrapup) {
  const written = Object.keys(TITLES).filter((name) => wrapup[name].trim());
  if (!written.length) return [make("p", { className: "soft small" }, "Takeaways and homework show up here when your mentor writes them.")];
  return written.flatMap((name) => [
    make("h3", {}, TITLES[name]),
    make("p", { className: "wrapup-words" }, wrapup[name].trim()),
  ]);
}
