/** Writing a line: to whom, in answer to what, with which files, within the limit of a message. */

import { leads } from "../../../room/conduct.js";
import { CHAT_LIMIT } from "../../../room/messages.js";
import { Files } from "./chat_files.js";
import { part, say } from "./dom.js";

const COUNT_FROM = CHAT_LIMIT - 500; // characters; before that a counter only distracts
const TYPING_EVERY_MS = 3_000;
const TALLEST = 140; // pixels of the box

/** Characters as the server counts them, not UTF-16 units. */
function length(text) {
  return [...text].length;
}

export class ChatWrite {
  /** called when a line went out */
  sent = () => {};
  #call;
  #files;
  #form = part("chat-form");
  #input = this.#form.querySelector("textarea");
  #to = part("chat-to");
  /** @type {import("../../../room/messages.js").ChatLine|null} the line that is answered */
  #answered = null;
  #typingAt = -TYPING_EVERY_MS;
  #names = "";

  /** @param {import("../../../room/call.js").Call} call @param {{session: string, csrf: string}} page */
  constructor(call, page) {
    this.#call = call;
    this.#files = new Files(page, () => this.#measure());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => this.#pressed(event));
    this.#to.addEventListener("change", () => this.#showTo());
    this.#showTo();
  }

  get actions() {
    return {
      "reply-stop": () => this.answer(null),
      attach: () => this.#files.choose(),
      "file-drop": (button) => this.#files.drop(button.dataset.key),
    };
  }

  focus() {
    this.#input.focus();
  }

  /** Answer that line; a private one privately. */
  answer(line) {
    this.#answered = line ?? null;
    part("reply").hidden = !line;
    if (line) {
      say(part("reply-words"), `Reply to ${line.from === this.#call.state.self?.id ? "yourself" : line.name}: ${line.text || "a file"}`);
      const other = line.from === this.#call.state.self?.id ? line.to : line.from;
      this.#choose(line.to ? other : "");
    }
    this.focus();
  }

  /** Everybody, and each of the others; who has left can't be written to. */
  update() {
    const people = [...this.#call.state.others.values()];
    const names = JSON.stringify(people.map(({ id, name }) => [id, name]));
    if (names === this.#names) return;
    this.#names = names;
    const chosen = this.#to.value;
    this.#to.replaceChildren(new Option("Everybody", ""), ...people.map(({ id, name, role }) => new Option(leads({ role }) ? `${name} (${role === "mentor" ? "mentor" : "co-host"}) only` : `${name} only`, id)));
    if (chosen && !people.some(({ id }) => id === chosen)) this.#left();
    else this.#choose(chosen);
  }

  /** Never to everybody what was meant for one. */
  #left() {
    this.#to.prepend(new Option("Choose who sees it", "gone"));
    this.#choose("gone");
  }

  #choose(id) {
    this.#to.value = id ?? "";
    if (this.#to.selectedIndex < 0) this.#to.value = "";
    this.#showTo();
  }

  #showTo() {
    const id = this.#to.value;
    const name = this.#call.state.others.get(id)?.name;
    if (id !== "gone") this.#to.querySelector('option[value="gone"]')?.remove();
    this.#form.classList.toggle("private", Boolean(name));
    const words = name ? `Message to ${name} only` : "Message to everyone";
    this.#input.placeholder = words;
    say(this.#form.querySelector("label[for=chat-text]"), words);
  }

  #pressed(event) {
    if (event.key === "Escape" && this.#answered) {
      event.stopPropagation();
      this.answer(null);
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#input.value.trim();
    const files = this.#files.ready;
    if ((!text && !files.length) || length(text) > CHAT_LIMIT) return;
    if (this.#files.busy) return this.#say("A file is still on its way up. It goes with the message.");
    if (this.#to.value === "gone") return this.#say("The person you wrote to has left. Choose who sees it.");
    const draft = { text, files, to: this.#to.value || null, reply_to: this.#answered?.id ?? null };
    if (!this.#call.say(draft)) return this.#say("You are not connected. It can be sent when you are back.");
    this.#clear();
    this.sent();
  }

  #clear() {
    this.#input.value = "";
    this.#files.clear();
    this.answer(null);
    this.#typingAt = -TYPING_EVERY_MS;
    this.#measure();
  }

  #say(words) {
    say(part("chat-count"), words);
  }

  #typed() {
    this.#measure();
    const now = performance.now();
    if (!this.#input.value.trim() || now - this.#typingAt < TYPING_EVERY_MS || this.#to.value === "gone") return;
    this.#typingAt = now;
    this.#call.send({ type: "typing", ...(this.#to.value && { to: this.#to.value }) });
  }

  #measure() {
    const used = length(this.#input.value.trim());
    const over = used > CHAT_LIMIT;
    this.#input.setAttribute("aria-invalid", String(over));
    part("chat-count").classList.toggle("over", over);
    this.#say(this.#countWords(used, over));
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight + 2, TALLEST)}px`;
  }

  #countWords(used, over) {
    if (over) return `${used - CHAT_LIMIT} characters too many`;
    return used >= COUNT_FROM ? `${CHAT_LIMIT - used} characters left` : "";
  }
}
