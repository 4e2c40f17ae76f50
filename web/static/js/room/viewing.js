/**
 * Tells the server how large each picture is shown, so that it sends no more than that: a small tile
 * needs no sharp picture, a hidden one none at all. Sound is never turned off.
 */

/** @typedef {import("./messages.js").Subscribe} Subscribe */
/** @typedef {{participant: string, source: "camera"|"screen", width: number}} Shown `width` in
 *   device pixels, 0 when it is not shown */

const SETTLED_MS = 250; // tiles move when people come and go, and while a window is dragged
const AWAY_MS = 3_000; // a look at another tab is shorter
const STEP = 32; // pixels; a few more or less are no news

function wish({ participant, source, width }) {
  const size = { participant, source };
  if (!width) return { type: "subscribe", ...size, quality: "off" };
  return { type: "subscribe", ...size, quality: "auto", width: Math.max(STEP, Math.round(width / STEP) * STEP) };
}

export class Viewing {
  #send;
  /** @type {Shown[]} */
  #shown = [];
  #away = false;
  #timer = 0;
  /** @type {Map<string, string>} what was said last, by picture */
  #said = new Map();

  /** @param {(message: Subscribe) => boolean} send false when it could not be sent */
  constructor(send) {
    this.#send = send;
  }

  /** @param {Shown[]} pictures all that there are */
  show(pictures) {
    this.#shown = pictures;
    this.#after(SETTLED_MS);
  }

  /** The page is behind another tab, or minimised; or it is back. */
  away(away) {
    if (this.#away === away) return;
    this.#away = away;
    this.#after(away ? AWAY_MS : 0);
  }

  /** The server may have forgotten what was said. */
  repeat() {
    this.#said.clear();
    this.#after(0);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#shown = [];
    this.#said.clear();
  }

  #after(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), ms);
  }

  #tell() {
    const said = new Map();
    for (const one of this.#shown) {
      const key = `${one.participant} ${one.source}`;
      const message = wish(this.#away ? { ...one, width: 0 } : one);
      const text = JSON.stringify(message);
      if (this.#said.get(key) === text || this.#send(message)) said.set(key, text);
    }
    this.#said = said;
  }
}
