/** The stage: one tile per camera and per shared screen, placed by room/geometry.js. */

import { grid, speaker } from "../../../room/geometry.js";
import { avatar, icon, make, part, say } from "./dom.js";

/** @typedef {{key: string, id: string, source: "camera"|"screen", name: string, mine: boolean,
 *   track: MediaStreamTrack|null, person: import("../../../room/messages.js").Participant}} Picture */

const DOTS = 3;

/** Score 0 to 5 as dots and a word. */
function grade(score) {
  if (score >= 4) return { dots: 3, word: "good" };
  return score >= 2 ? { dots: 2, word: "weak" } : { dots: 1, word: "poor" };
}

/** @param {HTMLElement} element @param {import("../../../room/geometry.js").Rect} rect */
function lay(element, rect) {
  for (const [name, value] of Object.entries(rect)) {
    element.style.setProperty(`--${name}`, `${Math.round(value)}px`);
  }
}

class Tile {
  /** @param {Picture} picture */
  constructor({ key, id, source, name, mine }) {
    this.key = key;
    this.video = make("video", { className: "tile-picture", muted: true, autoplay: true, playsInline: true, tabIndex: -1, "aria-hidden": "true" });
    this.video.addEventListener("loadeddata", () => this.root.classList.add("has-frame"));
    this.video.classList.toggle("mirrored", mine && source === "camera");
    this.name = make("span", { className: "tile-name" });
    this.signal = make("button", { className: "tile-signal", type: "button", hidden: true });
    this.pin = make("button", { className: "tile-pin", type: "button", data: { action: "pin", key } }, icon("pin"));
    this.hand = make("span", { className: "tile-hand", hidden: true }, icon("hand"), "Hand raised");
    this.face = source === "camera" ? avatar(name) : null;
    this.root = make(
      "li",
      { className: "tile", data: { participant: id, source } },
      this.video, this.face, this.hand, this.name, this.signal, this.pin,
    );
    this.signal.addEventListener("click", () => this.signal.classList.toggle("open"));
  }

  /** @param {Picture} picture */
  show({ source, mine, track, person }) {
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
    this.root.hidden = !rect;
    if (!rect) return;
    lay(this.root, rect);
    this.root.classList.toggle("small", rect.width < 260);
    this.root.classList.toggle("tiny", rect.width < 150);
  }

  remove() {
    this.video.srcObject = null;
    this.root.remove();
  }
}

export class Stage {
  layout = "grid";
  pinned = "";
  #call;
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  #box = part("tiles");

  /** @param {import("../../../room/call.js").Call} call */
  constructor(call) {
    this.#call = call;
    new ResizeObserver(() => this.arrange()).observe(this.#box);
    call.local.subscribe(() => this.update());
  }

  setLayout(layout) {
    this.layout = layout;
    if (layout === "grid") this.pinned = "";
    this.arrange();
  }

  /** Show one picture large, or let it go again. */
  togglePin(key) {
    this.pinned = this.pinned === key ? "" : key;
    this.arrange();
  }

  /** Make, change and drop tiles so that they are what the state says. */
  update() {
    const pictures = this.#pictures();
    const keys = new Set(pictures.map(({ key }) => key));
    for (const [key, tile] of this.#tiles) {
      if (keys.has(key)) continue;
      tile.remove();
      this.#tiles.delete(key);
    }
    for (const picture of pictures) this.#tile(picture).show(picture);
    this.arrange();
    this.showVoices();
    this.showQuality();
  }

  arrange() {
    const pictures = this.#pictures().filter(({ key }) => this.#tiles.has(key));
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (!width || !height) return;
    const featured = this.#featured(pictures);
    this.#place(pictures, featured, width, height);
    this.#sayAlone();
  }

  showVoices() {
    const { speaking } = this.#call.state;
    for (const { root } of this.#tiles.values()) {
      const talks = root.dataset.source === "camera" && speaking.has(root.dataset.participant);
      root.classList.toggle("speaking", talks);
    }
  }

  showQuality() {
    const { quality } = this.#call.state;
    for (const { key, id, source, name } of this.#pictures()) {
      if (source === "camera") this.#tiles.get(key)?.rate(quality.get(id), name);
    }
  }

  #tile(picture) {
    const known = this.#tiles.get(picture.key);
    if (known) return known;
    const tile = new Tile(picture);
    tile.video.addEventListener("resize", () => this.arrange());
    this.#tiles.set(picture.key, tile);
    this.#box.append(tile.root);
    return tile;
  }

  /** @returns {Picture[]} the others, then us; shared screens after their owners */
  #pictures() {
    const { state } = this.#call;
    const people = [...state.others.values(), ...(state.self ? [state.self] : [])];
    return people.flatMap((person) => {
      const mine = person === state.self;
      const screen = this.#track(person.id, "screen", mine);
      const one = (source, track) => ({ key: `${person.id} ${source}`, id: person.id, source, name: person.name, mine, track, person });
      const shares = screen && (mine || person.media?.screen);
      return [one("camera", this.#track(person.id, "camera", mine)), ...(shares ? [one("screen", screen)] : [])];
    });
  }

  #track(id, source, mine) {
    if (mine) return this.#call.local.tracks[source] ?? null;
    const found = this.#call.state.tracks.find((one) => one.participant === id && one.source === source);
    return found?.track ?? null;
  }

  /** What takes the stage: the pinned picture, else a shared screen, else in speaker view who speaks. */
  #featured(pictures) {
    const pinned = pictures.find(({ key }) => key === this.pinned);
    const screen = pictures.find(({ source, mine }) => source === "screen" && !mine);
    if (pinned || screen || this.layout === "grid") return pinned ?? screen ?? null;
    const { dominant } = this.#call.state;
    return pictures.find(({ id, mine }) => id === dominant && !mine) ?? pictures[0] ?? null;
  }

  #place(pictures, featured, width, height) {
    const others = pictures.filter((one) => one !== featured);
    const placed = featured
      ? speaker(others.length, width, height, this.#shape(featured))
      : { featured: undefined, strip: grid(others.length, width, height) };
    const last = others.length > placed.strip.length ? placed.strip.pop() : undefined;
    if (featured) this.#put(featured, placed.featured, true);
    others.forEach((one, index) => this.#put(one, placed.strip[index], false));
    this.#showHidden(others.length - placed.strip.length, last);
  }

  /** A shared screen keeps its own shape; faces may be cropped. */
  #shape({ key, source }) {
    const video = this.#tiles.get(key)?.video;
    return source === "screen" && video?.videoHeight ? video.videoWidth / video.videoHeight : 0;
  }

  #put({ key }, rect, featured) {
    const tile = this.#tiles.get(key);
    tile?.place(rect);
    tile?.root.classList.toggle("featured", featured);
    tile?.pin.setAttribute("aria-pressed", String(key === this.pinned));
  }

  /** The last place of a strip too short for all says how many are not shown. */
  #showHidden(count, rect) {
    const more = part("strip-more");
    more.hidden = !rect;
    if (!rect) return;
    lay(more, rect);
    say(more, `${count} more`);
  }

  #sayAlone() {
    const { state } = this.#call;
    part("alone").hidden = state.phase !== "in" || state.others.size > 0 || state.link !== "joined";
  }
}
