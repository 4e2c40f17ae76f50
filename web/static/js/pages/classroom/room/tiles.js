/** The stage: one tile per camera and per shared screen, placed by room/geometry.js. */

import { corner, grid, speaker } from "../../../room/geometry.js";
import { part, parts, say } from "./dom.js";
import { lay, Tile } from "./tile.js";

/** @typedef {import("./tile.js").Picture} Picture */

const LAYOUTS = ["grid", "speaker", "screen"];

export class Stage {
  /** @type {"grid"|"speaker"|"screen"} what is chosen; "screen" only while one is shared */
  layout = "grid";
  pinned = "";
  #base = "grid"; // what comes back when nothing is shared any more
  #screens = 0;
  #view;
  #call;
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  #box = part("tiles");

  /**
   * @param {import("../../../room/call.js").Call} call
   * @param {{mirror: boolean, own: "tile"|"small"|"hidden"}} view how the person sees itself
   */
  constructor(call, view) {
    this.#call = call;
    this.#view = view;
    new ResizeObserver(() => this.arrange()).observe(this.#box);
    addEventListener("resize", () => this.arrange()); // also when only the density of pixels differs
    document.addEventListener("visibilitychange", () => call.viewing.away(document.hidden));
    call.local.subscribe(() => this.update());
  }

  get actions() {
    return {
      layout: (button) => this.setLayout(button?.dataset.layout ?? this.#next),
      pin: (button) => this.togglePin(button?.dataset.key),
    };
  }

  setLayout(layout) {
    this.layout = layout;
    this.pinned = "";
    if (layout !== "screen") this.#base = layout;
    this.arrange();
  }

  get #next() {
    const possible = LAYOUTS.filter((one) => one !== "screen" || this.#screens);
    return possible[(possible.indexOf(this.layout) + 1) % possible.length];
  }

  /** Show one picture large, or let it go again. */
  togglePin(key) {
    this.pinned = this.pinned === key ? "" : key;
    this.arrange();
  }

  /** Whoever is large, or speaks, as a picture for a small window. @returns {Picture|undefined} */
  get speakerPicture() {
    const pictures = this.#pictures();
    const screen = pictures.find(({ source, mine }) => source === "screen" && !mine);
    const { dominant } = this.#call.state;
    return screen ?? pictures.find(({ id, mine }) => id === dominant && !mine) ?? pictures.find(({ mine }) => !mine);
  }

  get speakerVideo() {
    return this.#tiles.get(this.speakerPicture?.key ?? "")?.video;
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
    for (const picture of pictures) this.#tile(picture).show(picture, this.#view.mirror);
    this.#followScreens(pictures.filter(({ source, mine }) => source === "screen" && !mine).length);
    this.arrange();
    this.showVoices();
    this.showQuality();
  }

  /** A screen that comes takes the stage; when the last one goes, things are as they were. */
  #followScreens(count) {
    if (count > this.#screens) this.layout = "screen";
    if (!count && this.layout === "screen") this.layout = /** @type {any} */ (this.#base);
    this.#screens = count;
  }

  arrange() {
    const pictures = this.#pictures().filter(({ key }) => this.#tiles.has(key));
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (!width || !height) return;
    const own = this.#ownApart(pictures);
    const placed = pictures.filter((one) => one !== own);
    this.#place(placed, this.#featured(placed), width, height);
    if (own) this.#putOwn(own, width, height);
    this.#tellWidths(pictures);
    this.#sayAlone();
    this.#showLayouts();
  }

  /** Our own picture where it takes no place among the others; alone it is always seen. */
  #ownApart(pictures) {
    const alone = pictures.every(({ mine }) => mine);
    return this.#view.own === "tile" || alone ? undefined : pictures.find(({ mine, source }) => mine && source === "camera");
  }

  #putOwn(own, width, height) {
    const tile = this.#tiles.get(own.key);
    tile?.place(this.#view.own === "small" ? corner(width, height) : undefined);
    tile?.root.classList.remove("featured");
    tile?.root.classList.add("apart");
  }

  #showLayouts() {
    for (const button of parts("layout")) {
      button.setAttribute("aria-pressed", String(button.dataset.layout === this.layout && !this.pinned));
      if (button.dataset.layout === "screen") button.hidden = !this.#screens;
    }
    for (const words of parts("own-words")) say(words, this.#view.own === "hidden" ? "Show my own picture" : "Hide my own picture");
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

  /** What takes the stage: the pinned picture, else what the layout is for. */
  #featured(pictures) {
    const pinned = pictures.find(({ key }) => key === this.pinned);
    if (pinned || this.layout === "grid") return pinned ?? null;
    const screen = pictures.find(({ source, mine }) => source === "screen" && !mine);
    if (this.layout === "screen" && screen) return screen;
    const { dominant } = this.#call.state;
    return pictures.find(({ id, mine }) => id === dominant && !mine) ?? pictures[0] ?? null;
  }

  #place(pictures, featured, width, height) {
    const others = this.#inOrder(pictures.filter((one) => one !== featured), featured);
    const placed = featured
      ? speaker(others.length, width, height, this.#shape(featured))
      : { featured: undefined, strip: grid(others.length, width, height) };
    const last = others.length > placed.strip.length ? placed.strip.pop() : undefined;
    if (featured) this.#put(featured, placed.featured, true);
    others.forEach((one, index) => this.#put(one, placed.strip[index], false));
    this.#showHidden(others.length - placed.strip.length, last);
  }

  /** Beside a shared screen stand first whose it is and who speaks: a strip has few places. */
  #inOrder(others, featured) {
    if (featured?.source !== "screen") return others;
    const weight = ({ id, mine }) => (id === featured.id ? 2 : 0) + (id === this.#call.state.dominant && !mine ? 1 : 0);
    return others.toSorted((a, b) => weight(b) - weight(a));
  }

  /** A shared screen keeps its own shape; faces may be cropped. */
  #shape({ key, source }) {
    const video = this.#tiles.get(key)?.video;
    return source === "screen" && video?.videoHeight ? video.videoWidth / video.videoHeight : 0;
  }

  #put({ key }, rect, featured) {
    const tile = this.#tiles.get(key);
    tile?.place(rect);
    tile?.root.classList.remove("apart");
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
