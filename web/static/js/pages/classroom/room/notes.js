/** Shared notes: a text field for each paragraph; Enter begins the next, what others write appears below. */

import { caretAfter } from "../../../room/merging.js";
import { NOTE_LIMIT } from "../../../room/messages.js";
import { Paragraphs } from "../../../room/paragraphs.js";
import { icon, make, part, say } from "./dom.js";

const SEND_MS = 600; // after the last key
const AGAIN_MS = 1_500; // after the server said that we were too quick
const TYPING_MS = 3_000; // "is writing" is said again so often, and holds so long
const BOTH = "You both changed the same words. Yours are in a paragraph of their own below.";

export class Notes {
  #teaching;
  #tools;
  #call;
  #paragraphs;
  /** @type {Map<string, any>} rows of the page by paragraph */
  #rows = new Map();
  #timer = 0;
  #typedAt = 0;
  /** @type {Map<string, number>} who writes, until when */
  #writers = new Map();
  #fresh = 0;

  constructor(teaching, tools, call) {
    this.#teaching = teaching;
    this.#tools = tools;
    this.#call = call;
    this.#paragraphs = new Paragraphs((message) => teaching.say(message), () => crypto.randomUUID());
    part("notes-add").addEventListener("click", () => this.#begin(null));
    teaching.onEvent((event) => this.#happened(event));
    call.onMessage((message) => {
      if (message.type === "typing" && message.where === "notes") this.#writes(message.participant);
    });
    tools.panels.onChange((open) => {
      if (open !== "notes") return;
      this.#fresh = 0;
      for (const row of this.#rows.values()) grow(row.field);
    });
  }

  update() {}

  #happened({ kind, note, code, re }) {
    if (kind === "lesson") this.#heard(this.#paragraphs.replace([...this.#teaching.notes.values()]));
    if (kind === "note") this.#heard(this.#paragraphs.hear(note), note);
    if (kind === "refused" && re === "note" && code !== "stale_note") this.#refused(code);
  }

  /** What was on its way is still to be sent: at once where we were only too quick. */
  #refused(code) {
    for (const one of this.#paragraphs.list) one.sent = null;
    if (code === "slow_down") setTimeout(() => this.#flush(), AGAIN_MS);
    this.#showState(true);
  }

  #heard({ apart }, note) {
    if (apart) this.#tools.toast(BOTH);
    this.#render();
    if (apart) this.#move(apart);
    this.#later();
    if (note) this.#badge(note);
  }

  /** Our own words moved into a paragraph of their own: the caret goes with them. */
  #move({ id, text }) {
    if (!part("notes").contains(document.activeElement)) return;
    const { field } = this.#rows.get(id);
    field.focus();
    field.setSelectionRange(text.length, text.length);
  }

  #badge({ by }) {
    if (this.#tools.panels.open === "notes" || by === this.#teaching.self?.name) return;
    this.#fresh = 1;
    this.#tools.panels.badge("notes", this.#fresh);
  }

  // --- writing

  /** @param {string|null} after */
  #begin(after, text = "") {
    const made = this.#paragraphs.add(after, text);
    this.#render();
    const { field } = this.#rows.get(made.id);
    field.focus();
    field.setSelectionRange(0, 0);
    if (text) this.#later();
  }

  #typed(one, field) {
    one.text = field.value;
    grow(field);
    this.#later();
    if (Date.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#teaching.say({ type: "typing", where: "notes" });
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), SEND_MS);
    this.#showState(true);
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#showState(this.#paragraphs.flush());
  }

  #showState(connected) {
    const { kept, list } = this.#paragraphs;
    const words = connected ? (kept ? "Everything is kept." : "Keeping…") : "Not connected. Your words are sent when you are back.";
    say(part("notes-status"), list.some(({ version }) => version) || !kept ? words : "");
  }

  #pressed(event, one, field) {
    const { selectionStart: from, selectionEnd: to, value } = field;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      field.value = value.slice(0, from);
      this.#typed(one, field);
      this.#begin(one.id, value.slice(to));
    } else if (event.key === "Backspace" && !value) {
      event.preventDefault();
      this.#removeAndLeave(one);
    } else if (event.key === "ArrowUp" && from === 0 && to === 0) this.#leave(one, -1, event);
    else if (event.key === "ArrowDown" && from === value.length) this.#leave(one, 1, event);
  }

  /** To the paragraph above or below. */
  #leave(one, step, event = null) {
    const { list } = this.#paragraphs;
    const next = list[list.indexOf(one) + step];
    const field = next ? this.#rows.get(next.id).field : null;
    if (!field) return;
    event?.preventDefault();
    field.focus();
    const caret = step < 0 ? field.value.length : 0;
    field.setSelectionRange(caret, caret);
  }

  #removeAndLeave(one) {
    const { list } = this.#paragraphs;
    const above = list[list.indexOf(one) - 1];
    this.#remove(one);
    if (!above || this.#paragraphs.find(one.id)) return;
    const { field } = this.#rows.get(above.id);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  #remove(one) {
    if (!this.#paragraphs.remove(one.id)) return this.#tools.toast("You are not connected. Try again in a moment.", "bad");
    const had = this.#rows.get(one.id).item.contains(document.activeElement);
    this.#render();
    if (had) part("notes-add").focus();
  }

  // --- the page

  #render() {
    const { list } = this.#paragraphs;
    const box = part("notes");
    for (const [id, row] of this.#rows) if (!list.some((one) => one.id === id)) this.#drop(id, row);
    for (const [index, one] of list.entries()) {
      const row = this.#rows.get(one.id) ?? this.#row(one);
      if (box.children[index] !== row.item) box.insertBefore(row.item, box.children[index] ?? null);
      this.#fill(row, one, index);
    }
    part("notes-empty").hidden = list.length > 0;
    this.#showState(true);
  }

  #drop(id, row) {
    row.item.remove();
    this.#rows.delete(id);
  }

  #row(one) {
    const field = make("textarea", { className: "note-text", rows: 1, maxLength: NOTE_LIMIT, spellcheck: true });
    const by = make("span", { className: "tiny soft note-by" });
    const away = make("button", { className: "icon-button note-remove", type: "button" }, icon("trash", "Remove this paragraph"));
    const row = { item: make("li", { className: "note" }, field, away, by), field, by };
    field.addEventListener("input", () => this.#typed(one, field));
    field.addEventListener("keydown", (event) => this.#pressed(event, one, field));
    field.addEventListener("blur", () => this.#flush());
    away.addEventListener("click", () => this.#remove(one));
    this.#rows.set(one.id, row);
    return row;
  }

  #fill({ field, by }, one, index) {
    field.setAttribute("aria-label", `Paragraph ${index + 1}${one.by ? `, last changed by ${one.by}` : ""}`);
    say(by, one.by);
    if (field.value === one.text) return;
    const own = document.activeElement === field;
    const carets = [field.selectionStart, field.selectionEnd].map((at) => caretAfter(field.value, one.text, at));
    field.value = one.text;
    if (own) field.setSelectionRange(carets[0], carets[1]);
    grow(field);
  }

  // --- who writes

  #writes(participant) {
    this.#writers.set(participant, Date.now() + TYPING_MS);
    this.#showWriters();
    setTimeout(() => this.#showWriters(), TYPING_MS + 100);
  }

  #showWriters() {
    for (const [id, until] of this.#writers) if (until < Date.now()) this.#writers.delete(id);
    const names = [...this.#writers.keys()].map((id) => this.#call.state.find(id)?.name).filter(Boolean);
    say(part("notes-typing"), names.length ? `${names.join(", ")} ${names.length > 1 ? "are" : "is"} writing…` : "");
  }
}

/** As high as its text. */
function grow(field) {
  field.style.height = "auto";
  if (field.scrollHeight) field.style.height = `${field.scrollHeight}px`;
}
