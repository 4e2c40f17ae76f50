/** One tile of the stage: a picture or initials, a name, who speaks, and how well it arrives. */

import { painted } from "../../../room/geometry.js";
import { avatar, icon, make } from "./dom.js";

/** @typedef {import("../../../room/geometry.js").Rect} Rect */
/** @typedef {{key: string, id: string, source: "camera"|"screen", name: string, mine: boolean,
 *   track: MediaStreamTrack|null, person: import("../../../room/messages.js").Participant}} Picture */

const DOTS = 3;
const USUAL_SHAPE = 16 / 9; // until the first frame

/** Score 0 to 5 as dots and a word. */
function grade(score) {
  if (score >= 4) return { dots: 3, word: "good" };
  return score >= 2 ? { dots: 2, word: "weak" } : { dots: 1, word: "poor" };
}

/** @param {HTMLElement} element @param {Rect} rect */
export function lay(element, rect) {
  for (const [name, value] of Object.entries(rect)) {
    element.style.setProperty(`--${name}`, `${Math.round(value)}px`);
  }
}

export class Tile {
  /** @type {Rect|undefined} */
  #rect;

  /** @param {Picture} picture */
  constructor({ key, id, source, name, mine }) {
    this.key = key;
    this.video = make("video", { className: "tile-picture", muted: true, autoplay: true, playsInline: true, tabIndex: -1, "aria-hidden": "true" });
    this.video.addEventListener("loadeddata", () => this.root.classList.add("has-frame"));
    this.name = make("span", { className: "tile-name" });
    this.signal = make("button", { className: "tile-signal", type: "button", hidden: true });
    this.pin = make("button", { className: "tile-pin", type: "button", data: { action: "pin", key } }, icon("pin"));
    this.hand = make("span", { className: "tile-hand", hidden: true }, icon("hand"), "Hand raised");
    this.face = source === "camera" ? avatar(name) : null;
    this.note = make("p", { className: "tile-note", hidden: true }, "Sound only");
    this.root = make(
      "li",
      { className: "tile", data: { participant: id, source } },
      this.video, this.face, this.hand, this.note, this.name, this.signal, this.pin,
    );
    this.signal.addEventListener("click", () => this.signal.classList.toggle("open"));
  }

  /** @param {Picture} picture @param {boolean} mirror our own camera as in a mirror; others see it as it is */
  show({ source, mine, track, person }, mirror) {
    this.video.classList.toggle("mirrored", mirror && mine && source === "camera");
    const visible = Boolean(track) && (source === "screen" || Boolean(person.media?.camera));
    if ((this.video.srcObject?.getTracks()[0] ?? null) !== track) {
      this.root.classList.remove("has-frame");
      this.video.srcObject = track ? new MediaStream([track]) : null;
    }
    this.root.classList.toggle("has-picture", visible);
    this.hand.hidden = source !== "camera" || !person.hand;
    this.#label(source, mine, person);
  }

  #label(source, mine, person) {
    const { name, media } = person;
    const who = mine ? `${name} (you)` : name;
    const text = source === "screen" ? (mine ? "Your screen" : `${name}’s screen`) : who;
    const muted = source === "camera" && !media?.microphone;
    if (this.name.dataset.shown === text + muted) return;
    this.name.dataset.shown = text + muted;
    this.name.replaceChildren(...(muted ? [icon("microphone-off", "Muted:")] : []), make("span", {}, text));
    this.pin.setAttribute("aria-label", `Show ${text} large`);
    this.pin.title = `Show ${text} large`;
  }

  /** @param {import("../../../room/quality.js").Quality|undefined} quality */
  rate(quality, name) {
    const paused = Boolean(quality?.paused) && this.root.classList.contains("has-picture");
    this.root.classList.toggle("paused", paused);
    this.note.hidden = !paused;
    this.signal.hidden = !quality;
    if (!quality) return;
    const { dots, word } = grade(quality.score);
    const text = quality.reason;
    if (this.signal.dataset.shown === dots + text) return;
    this.signal.dataset.shown = dots + text;
    this.signal.dataset.grade = word;
    const row = Array.from({ length: DOTS }, (_, index) => make("i", { className: index < dots ? "on" : "" }));
    const words = make("span", { className: "tile-signal-words" }, text);
    this.signal.replaceChildren(make("span", { className: "dots", "aria-hidden": "true" }, ...row), words);
    this.signal.setAttribute("aria-label", `${name}: ${text}`);
  }

  /** @param {import("../../../room/geometry.js").Rect|undefined} rect */
  place(rect) {
    this.#rect = rect;
    this.root.hidden = !rect;
    if (!rect) return;
    lay(this.root, rect);
    this.root.classList.toggle("small", rect.width < 260);
    this.root.classList.toggle("tiny", rect.width < 150);
    this.root.classList.toggle("low", rect.height < 220);
  }

  /** How wide the picture is painted, in device pixels; 0 when it is not shown. */
  get paintedWidth() {
    if (!this.#rect) return 0;
    const { videoWidth, videoHeight } = this.video;
    const shape = videoHeight ? videoWidth / videoHeight : USUAL_SHAPE;
    const cropped = this.root.dataset.source === "camera";
    return Math.round(painted(this.#rect, shape, cropped) * devicePixelRatio);
  }

  remove() {
    this.video.srcObject = null;
    this.root.remove();
  }
}
