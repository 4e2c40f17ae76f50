/**
 * The shared notes as one person writes them: what they typed, what the server has, and how both come
 * together. Nothing here touches the page.
 */

import { merged } from "./merging.js";

/**
 * A paragraph here. `base` and `version` are the server's newest, `text` is what stands on the page, `sent`
 * what is on its way; `after` is where a new one goes.
 * @typedef {object} Paragraph
 * @property {string} id @property {string} place @property {string} text @property {string} base
 * @property {number} version @property {string} by @property {string|null} sent @property {string|null} after
 */

export class Paragraphs {
  /** @type {Paragraph[]} from top to bottom */
  list = [];
  #send;
  #newId;
  /** @type {Map<string, number>} what we removed, and on top of which version */
  #gone = new Map();

  /**
   * @param {(message: any) => boolean} send false while the socket is away
   * @param {() => string} newId
   */
  constructor(send, newId) {
    this.#send = send;
    this.#newId = newId;
  }

  find(id) {
    return this.list.find((one) => one.id === id);
  }

  /** Everything typed is with the server. */
  get kept() {
    return this.list.every((one) => one.sent === null && !isDirty(one));
  }

  /** A new, empty paragraph; it is sent with its first words. @param {string|null} after */
  add(after, text = "") {
    const made = { id: this.#newId(), place: "", text, base: "", version: 0, by: "", sent: null, after };
    const at = after === null ? this.list.length : this.list.findIndex(({ id }) => id === after) + 1;
    this.list.splice(at, 0, made);
    return made;
  }

  /** @returns {boolean} whether it is gone; one that was never stored takes no message */
  remove(id) {
    const one = this.find(id);
    if (!one) return false;
    const version = one.version + Number(one.sent !== null); // what is on its way comes first
    if (version && !this.#send({ type: "note", op: "remove", id, version })) return false;
    this.#gone.set(id, version);
    this.list = this.list.filter((other) => other !== one);
    return true;
  }

  /** Send what was typed and is not on its way yet. @returns {boolean} false while the socket is away */
  flush() {
    return this.list.filter((one) => isDirty(one) && one.sent === null).every((one) => this.#put(one));
  }

  #put(one) {
    const after = one.version ? {} : { after: this.#storedBefore(one) };
    const said = this.#send({ type: "note", op: "put", id: one.id, text: one.text, version: one.version, ...after });
    if (said) one.sent = one.text;
    return said;
  }

  /** A new paragraph stands after the nearest one above that the server knows. */
  #storedBefore(one) {
    const above = this.list.slice(0, this.list.indexOf(one)).reverse();
    return above.find(({ version, sent }) => version || sent !== null)?.id ?? "top";
  }

  /**
   * The server said a paragraph, one of ours or somebody's.
   * @param {import("./messages.js").NoteView} note
   * @returns {{apart?: Paragraph}} `apart`: our words, where both changed the same ones
   */
  hear(note) {
    if (note.version <= (this.#gone.get(note.id) ?? 0)) return {};
    this.#gone.delete(note.id); // it is removed, or somebody was quicker than we
    const one = this.find(note.id);
    if (!one) return this.#enter(note);
    if (note.version <= one.version) return {};
    const ours = one.sent !== null && one.sent === note.text && !note.removed;
    const mine = isDirty(one) ? one.text : null;
    const both = ours ? one.text : mine === null ? note.text : merged(one.base, mine, note.text);
    Object.assign(one, { base: note.text, version: note.version, by: note.by, place: note.place, sent: null, after: null });
    if (note.removed) this.list = this.list.filter((other) => other !== one);
    if (mine !== null && (note.removed || both === null)) return { apart: this.#keepApart(one, note, mine) };
    one.text = both ?? note.text;
    this.#sort();
    return {};
  }

  /** Our words become a paragraph of their own, below; nothing is lost. */
  #keepApart(one, note, mine) {
    one.text = note.text;
    this.#sort();
    const above = note.removed ? this.list.findLast(({ place }) => place && place < note.place)?.id : one.id;
    return this.add(above ?? null, mine);
  }

  #enter(note) {
    if (note.removed) return {};
    const { id, place, text, version, by } = note;
    this.list.push({ id, place, text, base: text, version, by, sent: null, after: null });
    this.#sort();
    return {};
  }

  /** All of the notes, after we came in or were away. @param {import("./messages.js").NoteView[]} notes */
  replace(notes) {
    const there = new Set(notes.map(({ id }) => id));
    for (const one of this.list) one.sent = null;
    this.#gone.clear();
    this.list = this.list.filter((one) => there.has(one.id) || isDirty(one) || !one.version);
    const apart = notes.map((note) => this.hear(note).apart).filter(Boolean);
    this.flush();
    return { apart: apart[0] };
  }

  /** By place; those that the server does not know yet stay below what they were put after. */
  #sort() {
    const known = this.list.filter(({ place }) => place).sort((a, b) => order(a.place, b.place) || order(a.id, b.id));
    const fresh = this.list.filter(({ place }) => !place);
    const above = new Map(fresh.map((one) => [one, this.list[this.list.indexOf(one) - 1]]));
    for (const one of fresh) {
      const before = above.get(one);
      known.splice(before ? known.indexOf(before) + 1 || known.length : 0, 0, one);
    }
    this.list = known;
  }
}

const order = (a, b) => (a < b ? -1 : Number(a > b));

/** An empty new paragraph is nothing to send. */
function isDirty(one) {
  return one.text !== one.base;
}
