/**
 * Our own camera, microphone and screen: on or off, which device, what is wrong. The lobby and the call
 * share one; the call listens to `changed` and publishes.
 */

import {
  canShareScreen, explain, listDevices, noAccess, openDevice, openScreen, problem, watchDevices,
} from "./devices.js";

/** @typedef {import("./messages.js").Source} Source */
/** @typedef {import("./devices.js").Problem} Problem */

const CHOICES_KEY = "peerlearn.devices";

function readChoices() {
  try {
    return JSON.parse(localStorage.getItem(CHOICES_KEY) ?? "{}");
  } catch {
    return {};
  }
}

export class LocalMedia {
  /** @type {Record<"camera"|"microphone", boolean>} */
  on = { camera: false, microphone: false };
  /** @type {Partial<Record<Source, MediaStreamTrack|null>>} */
  tracks = {};
  /** @type {Record<string, Problem|null>} */
  problems = { camera: null, microphone: null, screen: null };
  pending = { camera: false, microphone: false };
  /** @type {Record<"camera"|"microphone"|"speaker", import("./devices.js").Choice[]>} */
  devices = { camera: [], microphone: [], speaker: [] };
  choices = { camera: "", microphone: "", speaker: "", noise: "on", ...readChoices() };
  #listeners = new Set();

  constructor() {
    watchDevices(() => this.#devicesChanged());
  }

  get sharing() {
    return Boolean(this.tracks.screen);
  }

  get canShare() {
    return canShareScreen();
  }

  /** The `media` message's fields. */
  get state() {
    return { camera: this.on.camera, microphone: this.on.microphone, screen: this.sharing };
  }

  /** @param {(source: Source|"devices") => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Turn the camera or microphone on or off. Off lets the camera go; the microphone is only muted. */
  async turn(device, on) {
    if (this.pending[device] || this.on[device] === on) return;
    if (on) await this.#open(device);
    else this.#off(device);
    this.#remember({ [`${device}Off`]: !on });
  }

  /** Turn on what was on last time. One after the other: two permission questions at once confuse. */
  async restore() {
    await this.refresh();
    for (const device of ["microphone", "camera"]) {
      if (!this.choices[`${device}Off`]) await this.turn(device, true);
    }
  }

  /** Use another device. The speaker is only remembered: who plays the sound applies it. */
  async choose(device, id) {
    this.#remember({ [device]: id });
    if (device === "speaker") this.#changed("devices");
    else if (this.tracks[device]) await this.#switch(device);
  }

  /** Take background noise out of the voice, or leave every sound in, for music. */
  async suppressNoise(on) {
    this.#remember({ noise: on ? "on" : "off" });
    if (this.tracks.microphone) await this.#switch("microphone");
  }

  async share() {
    try {
      const { screen, sound } = await openScreen();
      this.problems.screen = null;
      this.tracks["screen-audio"] = sound;
      this.tracks.screen = screen;
      screen.addEventListener("ended", () => this.tracks.screen === screen && this.stopSharing());
      if (sound) this.#changed("screen-audio");
    } catch (error) {
      this.problems.screen = explain("screen", error);
    }
    this.#changed("screen");
  }

  stopSharing() {
    for (const source of /** @type {Source[]} */ (["screen-audio", "screen"])) {
      if (!this.tracks[source]) continue;
      this.tracks[source].stop();
      this.tracks[source] = null;
      this.#changed(source);
    }
  }

  stop() {
    for (const track of Object.values(this.tracks)) track?.stop();
    this.tracks = {};
    this.on = { camera: false, microphone: false };
  }

  async refresh() {
    this.devices = await listDevices();
    this.#changed("devices");
  }

  /** The old one goes first: phones open only one camera at a time. A muted microphone stays muted. */
  async #switch(device) {
    const on = this.on[device];
    this.tracks[device].stop();
    this.tracks[device] = null;
    this.on[device] = false;
    await this.#open(device);
    if (!on) this.#off(device);
  }

  async #open(device) {
    this.pending[device] = true;
    this.#changed(device);
    try {
      if (noAccess()) throw new TypeError("no devices");
      this.#use(device, this.tracks[device] ?? (await openDevice(device, this.choices[device], this.choices.noise !== "off")));
    } catch (error) {
      this.problems[device] = explain(device, error);
    }
    this.pending[device] = false;
    this.#changed(device);
    await this.refresh();
  }

  #use(device, track) {
    track.enabled = true;
    track.onended = () => this.tracks[device] === track && this.#lost(device);
    this.tracks[device] = track;
    this.on[device] = true;
    this.problems[device] = null;
  }

  #off(device) {
    this.on[device] = false;
    this.problems[device] = null;
    if (device === "microphone" && this.tracks.microphone) {
      this.tracks.microphone.enabled = false;
    } else {
      this.tracks[device]?.stop();
      this.tracks[device] = null;
    }
    this.#changed(device);
  }

  /** Unplugged: another one takes over when there is one. */
  async #lost(device) {
    const wasOn = this.on[device];
    this.tracks[device] = null;
    this.on[device] = false;
    this.problems[device] = problem(device, "lost");
    this.devices = await listDevices();
    if (wasOn && this.devices[device].length) await this.#open(device);
    else this.#changed(device);
  }

  /** A device that was missing has come: its problem is over, turning it on stays the person's choice. */
  async #devicesChanged() {
    await this.refresh();
    for (const device of ["camera", "microphone"]) {
      const code = this.problems[device]?.code;
      if (!this.devices[device].length || !["missing", "lost"].includes(code ?? "")) continue;
      this.problems[device] = null;
      this.#changed(/** @type {Source} */ (device));
    }
  }

  #remember(change) {
    Object.assign(this.choices, change);
    localStorage.setItem(CHOICES_KEY, JSON.stringify(this.choices));
  }

  #changed(source) {
    for (const listener of this.#listeners) listener(source);
  }
}
