/**
 * Captions: what is said, as text under the stage. They come from those who let their browser write down
 * what they say; the text is kept with the lesson.
 */

import { Dictation } from "../../../room/dictation.js";
import { make, part, parts, say } from "./dom.js";

const LINES = 3;
const STAYS_MS = 12_000; // after the last word of a line
const STORE = "peerlearn.captions";
const NOTE = {
  none: "This browser can't write down what you say. Chrome, Edge and Safari can.",
  away: "Your browser writes down what you say. Most send the sound to their maker (Google, Apple or Microsoft) for that. The text goes to everybody here and is kept with the lesson.",
};

export class Captions {
  #call;
  #toast;
  #box = part("captions");
  #lines = part("caption-lines");
  /** @type {Map<string, {node: any, timer: number}>} the unfinished line of each person */
  #open = new Map();
  #dictation;
  #tick = part("dictate");
  #size = part("caption-size");

  /** @param {import("../../../room/call.js").Call} call @param {(text: string, tone?: any) => void} toast */
  constructor(call, toast) {
    this.#call = call;
    this.#toast = toast;
    this.#dictation = new Dictation(document.documentElement.lang || navigator.language, {
      heard: (text, final) => call.send({ type: "caption", text, final, language: this.#dictation.language }),
      failed: (words) => this.#failed(words),
    });
    call.onMessage((message) => message.type === "caption" && this.#show(message));
    call.local.subscribe((source) => source === "microphone" && this.listen());
    this.#tick.disabled = !this.#dictation.possible;
    say(part("dictate-note"), this.#dictation.possible ? NOTE.away : NOTE.none);
    this.#tick.addEventListener("change", () => this.listen());
    this.#size.value = localStorage.getItem(STORE) ?? "medium";
    this.#size.addEventListener("change", () => this.#resize());
    this.#resize();
  }

  get actions() {
    return { captions: () => this.#toggle() };
  }

  get shown() {
    return !this.#box.hidden;
  }

  /** Only what others hear anyway is written down. */
  listen() {
    const { local, state } = this.#call;
    const on = this.#tick.checked && local.on.microphone && state.phase === "in";
    if (on) this.#dictation.start();
    else this.#dictation.stop();
  }

  #toggle() {
    this.#box.hidden = this.shown;
    for (const button of parts("action", "captions")) button.setAttribute("aria-pressed", String(this.shown));
    part("caption-empty").hidden = this.#lines.children.length > 0;
  }

  #resize() {
    localStorage.setItem(STORE, this.#size.value);
    this.#box.dataset.size = this.#size.value;
  }

  #failed(words) {
    this.#tick.checked = false;
    this.#toast(words, "bad");
  }

  /** Words of one person take the place of their last unfinished ones. */
  #show({ participant, text, final, language }) {
    const name = this.#call.state.find(participant)?.name ?? "Somebody";
    const mine = participant === this.#call.state.self?.id;
    const line = this.#open.get(participant) ?? this.#start(participant, mine ? "You" : name);
    const words = line.node.lastElementChild;
    words.lang = language ?? "";
    say(words, text);
    clearTimeout(line.timer);
    line.timer = setTimeout(() => this.#end(participant, line), STAYS_MS);
    if (final) this.#open.delete(participant);
    part("caption-empty").hidden = true;
  }

  #start(participant, name) {
    const node = make("p", { className: "caption" }, make("strong", {}, name), " ", make("span", {}));
    const line = { node, timer: 0 };
    this.#open.set(participant, line);
    this.#lines.append(node);
    while (this.#lines.children.length > LINES) this.#lines.firstElementChild.remove();
    return line;
  }

  #end(participant, line) {
    line.node.remove();
    if (this.#open.get(participant) === line) this.#open.delete(participant);
  }
}
