/** The chat panel: history, what we write, links, the limit of a message. */

import { CHAT_LIMIT } from "../../../room/messages.js";
import { make, part, say } from "./dom.js";
import { clockTime } from "./words.js";

const COUNT_FROM = CHAT_LIMIT - 500; // characters; before that a counter only distracts
const SAME_BREATH_MS = 3 * 60_000; // lines of one person within it share a heading
const LINK = /https?:\/\/[^\s<>"]+/gi;
const TRAILING = /[.,;:!?'”’)\]}]+$/; // belongs to the sentence, not to the address

/** Text with its web addresses as links. Everything else stays text. @returns {(string|Node)[]} */
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(TRAILING, "");
    if (!URL.canParse(address)) continue;
    nodes.push(text.slice(from, match.index), link(address));
    from = match.index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

function link(address) {
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address);
}

/** Characters as the server counts them, not UTF-16 units. */
function length(text) {
  return [...text].length;
}

export class Chat {
  #call;
  #log = part("chat-log");
  #input = part("chat-form").querySelector("textarea");
  #shown = new Map();

  /** @param {import("../../../room/call.js").Call} call */
  constructor(call) {
    this.#call = call;
    part("chat-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#input.addEventListener("input", () => this.#measure());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
  }

  focus() {
    this.#input.focus();
    this.#toEnd();
  }

  /** Lines are only ever added, so the log announces just the new ones. */
  update() {
    const { state } = this.#call;
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 80;
    part("chat-empty").hidden = state.chat.length + state.pending.length > 0;
    const wanted = new Map();
    state.chat.forEach((line, index) => wanted.set(line.id, () => this.#line(line, state.chat[index - 1])));
    for (const line of state.pending) wanted.set(`${line.key} ${line.failed}`, () => this.#pending(line));
    for (const [key, node] of this.#shown) if (!wanted.has(key)) this.#forget(key, node);
    for (const [key, build] of wanted) if (!this.#shown.has(key)) this.#append(key, build());
    if (atEnd) this.#toEnd();
  }

  #forget(key, node) {
    node.remove();
    this.#shown.delete(key);
  }

  #append(key, node) {
    this.#shown.set(key, node);
    this.#log.append(node);
  }

  #toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #line(line, before) {
    const mine = line.from === this.#call.state.self?.id;
    const at = new Date(line.at);
    const goesOn = before?.from === line.from && at.getTime() - new Date(before.at).getTime() < SAME_BREATH_MS;
    const head = make("p", { className: goesOn ? "visually-hidden" : "line-head" },
      make("strong", {}, mine ? "You" : line.name), " ",
      make("time", { className: "tiny soft", dateTime: line.at }, clockTime(at)));
    return make("div", { className: `line${mine ? " mine" : ""}` }, head,
      make("p", { className: "line-text" }, ...linked(line.text)));
  }

  #pending(line) {
    const text = make("p", { className: "line-text" }, ...linked(line.text));
    if (!line.failed) return make("div", { className: "line mine pending" }, text);
    const again = make("button", { className: "button button-plain button-small", type: "button" }, "Send again");
    again.addEventListener("click", () => this.#call.sayAgain(line));
    return make("div", { className: "line mine failed" }, text, make("p", { className: "tiny" }, "Not sent. ", again));
  }

  #send() {
    const text = this.#input.value.trim();
    if (!text || length(text) > CHAT_LIMIT) return;
    if (!this.#call.say(text)) {
      say(part("chat-count"), "You are not connected. It can be sent when you are back.");
      return;
    }
    this.#input.value = "";
    this.#measure();
    this.#toEnd();
  }

  #measure() {
    const used = length(this.#input.value.trim());
    const over = used > CHAT_LIMIT;
    this.#input.setAttribute("aria-invalid", String(over));
    part("chat-count").classList.toggle("over", over);
    say(part("chat-count"), this.#countWords(used, over));
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight + 2, 140)}px`;
  }

  #countWords(used, over) {
    if (over) return `${used - CHAT_LIMIT} characters too many`;
    return used >= COUNT_FROM ? `${CHAT_LIMIT - used} characters left` : "";
  }
}
