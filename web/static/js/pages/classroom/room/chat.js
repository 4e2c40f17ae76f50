/** The chat panel's history: lines as they come and go, who types, what calls for us. */

import { leads } from "../../../room/conduct.js";
import { TYPING_MS } from "../../../room/conduct.js";
import { lineElement, mentions, OWN_REMOVABLE_MS, pendingElement } from "./chat_line.js";
import { part, say } from "./dom.js";

const NEAR_END = 80; // pixels; who reads further up is left there

export class Chat {
  #call;
  #write;
  #log = part("chat-log");
  /** @type {Map<string, HTMLElement>} */
  #shown = new Map();
  #typingTimer = 0;
  #lastHeard = "";

  /**
   * @param {import("../../../room/call.js").Call} call
   * @param {import("./chat_write.js").ChatWrite} write
   */
  constructor(call, write) {
    this.#call = call;
    this.#write = write;
    write.sent = () => this.#toEnd();
    setInterval(() => this.#retireOwn(), 60_000);
    part("chat-new").addEventListener("click", () => this.#toEnd());
    this.#log.addEventListener("scroll", () => this.#atEnd && (part("chat-new").hidden = true), { passive: true });
  }

  get actions() {
    const line = (button) => this.#call.state.chat.find(({ id }) => id === button.dataset.line);
    return {
      reply: (button) => this.#write.answer(line(button)),
      "line-remove": (button) => this.#call.send({ type: "chat-remove", id: button.dataset.line }),
    };
  }

  focus() {
    this.#write.focus();
    this.#toEnd();
  }

  /** Lines are only ever added or taken back, so the log announces just the new ones. */
  update() {
    const { state } = this.#call;
    const atEnd = this.#atEnd;
    const before = this.#shown.size;
    part("chat-empty").hidden = state.chat.length + state.pending.length > 0;
    const wanted = new Map();
    const room = this.#room;
    state.chat.forEach((line, index) => wanted.set(`${line.id} ${line.removed ?? false}`, () => lineElement(line, state.chat[index - 1], room)));
    for (const line of state.pending) wanted.set(`${line.key} ${line.failed}`, () => pendingElement(line, () => this.#call.sayAgain(line)));
    this.#forget(wanted);
    for (const [key, build] of wanted) if (!this.#shown.has(key)) this.#append(key, build());
    if (atEnd) this.#toEnd();
    else if (this.#shown.size > before) part("chat-new").hidden = false;
  }

  /** Said to whom the newest line calls by name. @returns {string} words, "" for none */
  called() {
    const { state } = this.#call;
    const line = state.chat.at(-1);
    if (!line || line.id === this.#lastHeard) return "";
    this.#lastHeard = line.id;
    if (line.from === state.self?.id || line.removed) return "";
    if (line.to) return `${line.name}, to you only: ${line.text}`;
    return mentions(line.text, state.self?.name ?? "") ? `${line.name}: ${line.text}` : "";
  }

  showTyping() {
    const names = this.#call.state.typists.map(({ name }) => name);
    const words = names.length > 2 ? "Several people are typing…" : `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing…`;
    say(part("typing"), names.length ? words : "");
    clearTimeout(this.#typingTimer);
    if (names.length) this.#typingTimer = setTimeout(() => this.showTyping(), TYPING_MS);
  }

  get #room() {
    const { state } = this.#call;
    return {
      me: state.self?.id ?? "",
      ownName: state.self?.name ?? "",
      mayRemoveAll: leads(state.self),
      find: (id) => state.chat.find((line) => line.id === id),
      nameOf: (id) => state.find(id)?.name ?? state.chat.find((line) => line.from === id)?.name ?? "one person",
    };
  }

  get #atEnd() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_END;
  }

  /** A line that was removed stays where it was, with other words. */
  #forget(wanted) {
    for (const [key, node] of this.#shown) {
      if (wanted.has(key)) continue;
      this.#shown.delete(key);
      const changed = [...wanted.keys()].find((other) => other.split(" ")[0] === key.split(" ")[0] && node.dataset.line);
      if (!changed || this.#shown.has(changed)) {
        node.remove();
        continue;
      }
      const again = wanted.get(changed)();
      node.replaceWith(again);
      this.#shown.set(changed, again);
    }
  }

  #append(key, node) {
    this.#shown.set(key, node);
    this.#log.append(node);
  }

  #toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    part("chat-new").hidden = true;
  }

  /** One's own line can be taken back for a while only. */
  #retireOwn() {
    const { state } = this.#call;
    if (leads(state.self)) return;
    for (const line of state.chat) {
      if (Date.now() - Date.parse(line.at) < OWN_REMOVABLE_MS) continue;
      this.#shown.get(`${line.id} false`)?.querySelector('[data-action="line-remove"]')?.remove();
    }
  }
}
