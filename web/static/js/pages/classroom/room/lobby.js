/** Before joining: see yourself, hear that the microphone works, choose devices, go in. */

import { noAccess, problemOfBoth } from "../../../room/devices.js";
import { icon, make, part, parts, say } from "./dom.js";
import { LobbyConsent, showAtHand, showWaiting } from "./lobby_hand.js";
import { clockTime, until, when } from "./words.js";

const METER_MS = 80;
const COUNT_MS = 1_000;
const SHOWN_BEFORE_MS = 100 * 60_000; // longer than that the hour says more than a countdown
const NAMES = { camera: "Camera", microphone: "Microphone", speaker: "Speaker" };

export class Lobby {
  #call;
  #local;
  #picture = part("preview-picture");
  #timer = 0;
  #opensAt = NaN;
  #mentor;
  #consent;

  /** @param {import("../../../room/call.js").Call} call @param {any} data the page's */
  constructor(call, data) {
    this.#call = call;
    this.#local = call.local;
    this.#local.subscribe(() => this.#show());
    this.#opensAt = Date.parse(data.opens_at ?? "");
    this.#mentor = data.role === "mentor" ? "" : data.mentor;
    this.#consent = new LobbyConsent(call, data);
    showAtHand(data);
    part("lobby-form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#early && call.state.phase === "lobby") call.join();
    });
    addEventListener("pointerdown", () => call.meter.wake());
    this.#describe(data);
  }

  /** Turn on what was on last time; without access say why. */
  async open() {
    this.#timer = setInterval(() => this.#showLevel(), METER_MS);
    const without = noAccess();
    if (without) this.#local.problems.camera = without;
    this.#show();
    if (this.#early) this.#countDown();
    if (!without) await this.#local.restore();
  }

  /** Once in: what was answered here is said. */
  joined() {
    this.#consent.tell();
  }

  /** Between "Join" and being in. */
  update() {
    const { phase, link } = this.#call.state;
    showWaiting(phase === "joining" && link === "waiting", this.#mentor || "Somebody who leads the lesson");
    this.#show();
  }

  #countDown() {
    const counting = setInterval(() => {
      if (!this.#early) clearInterval(counting);
      this.#show();
    }, COUNT_MS);
  }

  close() {
    clearInterval(this.#timer);
    this.#picture.srcObject = null;
  }

  /** The doors are not open yet; the button opens with them. */
  get #early() {
    return Date.now() < this.#opensAt;
  }

  #describe({ starts_at: startsAt, ends_at: endsAt, name }) {
    if (startsAt && endsAt) say(part("when"), ` · ${when(new Date(startsAt), new Date(endsAt))}`);
    if (!name) return;
    say(part("own-name"), name);
    part("lobby-name").hidden = false;
  }

  #show() {
    const { on, tracks, pending } = this.#local;
    const track = on.camera ? tracks.camera : null;
    if ((this.#picture.srcObject?.getTracks()[0] ?? null) !== (track ?? null)) {
      this.#picture.srcObject = track ? new MediaStream([track]) : null;
    }
    part("preview").classList.toggle("has-picture", Boolean(track));
    say(part("preview-words"), this.#cameraWords(pending.camera));
    say(part("join"), this.#joinWords());
    part("join").setAttribute("aria-disabled", String(this.#early));
    this.#showProblems();
  }

  #cameraWords(pending) {
    if (pending) return "Starting the camera…";
    if (this.#local.problems.camera) return "No picture";
    return this.#local.on.camera ? "" : "Camera is off";
  }

  #joinWords() {
    const { on, problems } = this.#local;
    if (this.#call.state.phase === "joining") return "Joining…";
    if (this.#early) return this.#earlyWords();
    if (on.camera || !problems.camera) return "Join the lesson";
    return on.microphone ? "Join with sound only" : "Join to watch and listen";
  }

  #earlyWords() {
    const left = this.#opensAt - Date.now();
    const clock = clockTime(new Date(this.#opensAt));
    return left < SHOWN_BEFORE_MS ? `The room opens at ${clock}, in ${until(left)}` : `The room opens at ${clock}`;
  }

  #showProblems() {
    const { camera, microphone } = this.#local.problems;
    const both = problemOfBoth(camera, microphone);
    const found = both ? [{ ...both, action: "retry-both" }] : [];
    if (!both && camera) found.push({ ...camera, action: "retry-camera" });
    if (!both && microphone) found.push({ ...microphone, action: "retry-microphone" });
    const box = part("problems");
    const shown = found.map(({ text }) => text).join();
    if (box.dataset.shown === shown) return;
    box.dataset.shown = shown;
    box.replaceChildren(...found.map((one) => this.#problem(one)));
  }

  #problem({ code, text, action }) {
    const retry = ["insecure", "unsupported"].includes(code)
      ? null
      : make("button", { className: "button button-quiet button-small", type: "button", data: { action } }, "Try again");
    return make("div", { className: "notice notice-warn" }, icon("alert"), make("p", { className: "grow" }, text), retry);
  }

  #showLevel() {
    const { meter, local } = this.#call;
    const level = local.on.microphone ? meter.read() : 0;
    const bar = part("meter");
    bar.style.setProperty("--level", level.toFixed(2));
    bar.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    say(part("meter-words"), this.#levelWords(meter));
  }

  #levelWords(meter) {
    if (!this.#local.on.microphone) return "Microphone is off";
    return meter.asleep ? "Click anywhere to test it" : "Say something";
  }
}

/** Fills every list of devices on the page and applies what is chosen. */
export function deviceLists(local) {
  const fill = (list) => {
    const kind = list.dataset.device;
    const found = local.devices[kind];
    const none = kind === "speaker" ? "The system's speaker" : `No ${NAMES[kind].toLowerCase()} yet`;
    const options = found.map(({ id, label }) => new Option(label, id));
    list.replaceChildren(...(options.length ? options : [new Option(none, "")]));
    list.disabled = !options.length;
    if (found.some(({ id }) => id === local.choices[kind])) list.value = local.choices[kind];
  };
  const speakers = "setSinkId" in HTMLMediaElement.prototype;
  for (const field of parts("device-field", "speaker")) field.hidden = !speakers;
  part("no-speakers").hidden = speakers;
  for (const list of parts("device")) {
    fill(list);
    list.addEventListener("change", () => local.choose(list.dataset.device, list.value));
  }
  local.subscribe((source) => source === "devices" && parts("device").forEach(fill));
}
