/**
 * What the lesson is taught with, as the messages say it. Listeners hear the names of what changed, once
 * per turn of the event loop. Nothing here touches the page.
 *
 * What we drew is shown before the server has it, and said again after a lost connection: its ids are ours.
 */

const AGAIN_MS = 1_500; // the server said that we were too quick

/** @typedef {import("./messages.js").PollView} PollView */
/** @typedef {import("./messages.js").NoteView} NoteView */
/** @typedef {import("./messages.js").BoardEntry} BoardEntry */

export class Teaching {
  /** @type {Map<string, PollView>} in the order they were asked */
  polls = new Map();
  /** @type {{endsAt: number, label: string}|null} by this page's clock, in ms */
  timer = null;
  /** @type {Map<string, NoteView>} */
  notes = new Map();
  /** @type {import("./messages.js").ObjectiveView[]} */
  objectives = [];
  wrapup = { takeaways: "", homework: "" };
  /** @type {Map<string, BoardEntry>} in the order they were drawn */
  board = new Map();
  /** The server has told us everything once. */
  known = false;
  /** @type {Map<string, {message: any, due: number}>} the last of ours about each drawing, and how many
   *  answers are still to come */
  #waiting = new Map();
  #call;
  #changed = new Set();
  #listeners = new Set();
  #noted = new Set();

  /** @param {import("./call.js").Call} call */
  constructor(call) {
    this.#call = call;
    call.onMessage((message) => HANDLERS[message.type]?.(this, message));
  }

  /** @param {(changed: Set<string>) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** @param {(event: {kind: string, [more: string]: any}) => void} listener told what happened, one by one */
  onEvent(listener) {
    this.#noted.add(listener);
  }

  get self() {
    return this.#call.state.self;
  }

  /** We lead: the mentor, or one of their co-hosts. */
  get leads() {
    return Boolean(this.self) && this.self?.role !== "learner";
  }

  /** @returns {boolean} false while the socket is away */
  say(message) {
    return this.#call.send(message);
  }

  /** Say it once the server can hear it, and until it answers. @param {string} id */
  sayDrawn(id, message) {
    this.#waiting.set(id, { message, due: (this.#waiting.get(id)?.due ?? 0) + 1 });
    this.say(message);
  }

  /** @param {any} item */
  draw(id, item) {
    this.board.set(id, { id, by: this.board.get(id)?.by ?? this.self?.id ?? "", item });
    this.touch("board");
    this.sayDrawn(id, { type: "whiteboard", op: "add", id, item });
  }

  wipe(id) {
    this.board.delete(id);
    this.touch("board");
    this.sayDrawn(id, { type: "whiteboard", op: "remove", id });
  }

  bringBack(id) {
    this.sayDrawn(id, { type: "whiteboard", op: "restore", id });
  }

  mayChange({ by }) {
    return this.leads || by === this.self?.id;
  }

  touch(...names) {
    if (!this.#changed.size) queueMicrotask(() => this.#tell());
    for (const name of names) this.#changed.add(name);
  }

  note(kind, details = {}) {
    for (const listener of this.#noted) listener({ kind, ...details });
  }

  #tell() {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of this.#listeners) listener(changed);
  }

  /** By how much the server's clock is ahead of ours. @param {string} now the server's */
  setTimer({ ends_at = null, label = "" }, now) {
    const ahead = Date.parse(now) - Date.now();
    this.timer = ends_at ? { endsAt: Date.parse(ends_at) - ahead, label } : null;
  }

  /** @returns {boolean} whether we said nothing newer about it since */
  answered(id) {
    const waiting = this.#waiting.get(id);
    if (waiting && (waiting.due -= 1) > 0) return false;
    this.#waiting.delete(id);
    return true;
  }

  /** The board as the server has it, with what we drew meanwhile. @param {BoardEntry[]} items */
  setBoard(items) {
    this.board = new Map(items.map((one) => [one.id, one]));
    for (const [id, { message }] of this.#waiting) {
      if (message.op === "remove") this.board.delete(id);
      if (message.op === "add") this.board.set(id, { id, by: this.self?.id ?? "", item: message.item });
    }
    this.#sayWaiting();
  }

  #sayWaiting() {
    for (const waiting of this.#waiting.values()) {
      waiting.due = 1;
      this.say(waiting.message);
    }
  }

  /** @param {import("./messages.js").Error} error about the board */
  boardRefused({ code }) {
    if (code === "slow_down") {
      setTimeout(() => this.#sayWaiting(), AGAIN_MS);
      return;
    }
    for (const [id, { message }] of this.#waiting) if (message.op === "add") this.board.delete(id);
    this.#waiting.clear();
    this.touch("board");
  }
}

/** @type {Record<string, (teaching: Teaching, message: any) => void>} */
const HANDLERS = {
  lesson(teaching, message) {
    teaching.polls = new Map(message.polls.map((poll) => [poll.id, poll]));
    teaching.notes = new Map(message.notes.map((note) => [note.id, note]));
    teaching.objectives = message.objectives;
    teaching.wrapup = message.wrapup;
    teaching.setTimer(message.timer, message.now);
    teaching.known = true;
    teaching.note("lesson");
    teaching.touch("polls", "notes", "timer", "objectives", "wrapup");
  },
  board(teaching, { items }) {
    teaching.setBoard(items);
    teaching.touch("board");
  },
  poll(teaching, { poll }) {
    const before = teaching.polls.get(poll.id);
    if (poll.removed) teaching.polls.delete(poll.id);
    else teaching.polls.set(poll.id, poll);
    if (!poll.removed) teaching.note("poll", { poll, before });
    teaching.touch("polls");
  },
  timer(teaching, message) {
    const before = teaching.timer;
    teaching.setTimer(message, message.now);
    teaching.note("timer", { before });
    teaching.touch("timer");
  },
  note(teaching, { type, ...note }) {
    if (note.removed) teaching.notes.delete(note.id);
    else teaching.notes.set(note.id, note);
    teaching.note("note", { note });
    teaching.touch("notes");
  },
  whiteboard(teaching, { op, id, item, owner, by }) {
    if (by === teaching.self?.id && !teaching.answered(id)) return;
    if (op === "clear") teaching.board.clear();
    else if (item) teaching.board.set(id, { id, by: owner, item });
    else teaching.board.delete(id);
    teaching.note("whiteboard", { op, by, id });
    teaching.touch("board");
  },
  objective(teaching, { index, reached }) {
    if (teaching.objectives[index]) teaching.objectives[index] = { ...teaching.objectives[index], reached };
    teaching.touch("objectives");
  },
  wrapup(teaching, { takeaways, homework }) {
    teaching.wrapup = { takeaways, homework };
    teaching.touch("wrapup");
  },
  error(teaching, error) {
    if (error.re === "whiteboard") teaching.boardRefused(error);
    teaching.note("refused", error);
  },
};
