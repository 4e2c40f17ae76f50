/** The stage: one tile per camera and per shared screen, placed by room/geometry.js. */

import { grid, speaker } from "../../../room/geometry.js";
import { part, say } from "./dom.js";
import { lay, Tile } from "./tile.js";

/** @typedef {import("./tile.js").Picture} Picture */

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
    addEventListener("resize", () => this.arrange()); // also when only the density of pixels differs
    document.addEventListener("visibilitychange", () => call.viewing.away(document.hidden));
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
    this.#tellWidths(pictures);
    this.#sayAlone();
  }

  #tellWidths(pictures) {
    const others = pictures.filter(({ mine }) => !mine);
    const width = (key) => this.#tiles.get(key)?.paintedWidth ?? 0;
    this.#call.viewing.show(
      others.map(({ key, id, source }) => ({ participant: id, source, width: width(key) })),
    );
  }

  showVoices() {
    const { speaking } = this.#call.state;
    for (const { root } of this.#tiles.values()) {
      const talks = root.dataset.source === "camera" && speaking.has(root.dataset.participant);
      root.classList.toggle("speaking", talks);
    }
  }

  showQuality() {
    const { state } = this.#call;
    for (const { key, id, source, name } of this.#pictures()) {
      if (source === "camera") this.#tiles.get(key)?.rate(state.qualityOf(id), name);
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
