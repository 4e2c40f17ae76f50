/** Choices of the person that stay with the browser: own picture, background noise, sizes. */

import { part } from "./dom.js";

const STORE = "peerlearn.view";
const USUAL = { mirror: true, own: "tile" };

function read() {
  try {
    return { ...USUAL, ...JSON.parse(localStorage.getItem(STORE) ?? "{}") };
  } catch {
    return { ...USUAL };
  }
}

export class Settings {
  /** @type {{mirror: boolean, own: "tile"|"small"|"hidden"}} */
  view = read();

  /** @param {import("../../../room/local.js").LocalMedia} local @param {() => void} changed */
  constructor(local, changed) {
    this.changed = changed;
    const mirror = part("mirror");
    mirror.checked = this.view.mirror;
    mirror.addEventListener("change", () => this.#set({ mirror: mirror.checked }));
    const own = part("own-view");
    own.value = this.view.own;
    own.addEventListener("change", () => this.#set({ own: own.value }));
    const noise = part("noise");
    noise.checked = local.choices.noise !== "off";
    noise.addEventListener("change", () => local.suppressNoise(noise.checked));
    this.#mirrorPreview();
  }

  get actions() {
    return { "own-view": () => this.#set({ own: this.view.own === "hidden" ? "tile" : "hidden" }) };
  }

  #set(fields) {
    Object.assign(this.view, fields);
    localStorage.setItem(STORE, JSON.stringify(this.view));
    part("own-view").value = this.view.own;
    this.#mirrorPreview();
    this.changed();
  }

  #mirrorPreview() {
    part("preview-picture").classList.toggle("mirrored", this.view.mirror);
  }
}
