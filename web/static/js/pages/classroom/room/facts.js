/** The head of the room: live or not, recording and our answer to it, time left. */

import { leads } from "../../../room/conduct.js";
import { part, parts, say } from "./dom.js";
import { RECORDING, timeLeft } from "./words.js";

const TICK_MS = 1_000;
const WARN_MINUTES = "5 min left";
/** @typedef {{action: "pause"|"resume", words: string}} Direction */
/** @type {Direction} */
const PAUSE = { action: "pause", words: "Pause the recording" };
/** @type {Record<string, Direction>} */
const DIRECTED = {
  waiting_consent: PAUSE,
  recording: PAUSE,
  interrupted: PAUSE,
  paused: { action: "resume", words: "Resume the recording" },
};
const NOT_YET = new Set(["off", "waiting_consent"]); // while nothing is written
const SETTLED = new Set(["finalising", "ready"]);

export class Facts {
  #state;
  #data;
  #toast;
  #asked = false; // the person opened the question again

  /**
   * @param {import("../../../room/call.js").Call} call @param {any} data the page's
   * @param {(text: string) => void} toast
   */
  constructor(call, data, toast) {
    this.#state = call.state;
    this.#data = data;
    this.#toast = toast;
    setInterval(() => this.#showTime(), TICK_MS);
  }

  update() {
    const { recording, self } = this.#state;
    const mentor = self?.role === "mentor";
    part("live").hidden = !this.live;
    part("start").hidden = this.live || !mentor;
    part("end").hidden = !this.live || !mentor;
    part("tape").hidden = !mentor || !DIRECTED[recording];
    say(part("tape-words"), DIRECTED[recording]?.words ?? "");
    part("record").dataset.state = recording;
    const refused = this.#state.house.recordable === false && NOT_YET.has(recording);
    say(part("record-words"), refused ? "Can’t be recorded" : (RECORDING[recording]?.chip ?? recording));
    this.#showConsent();
    this.#showTime();
  }

  get live() {
    return this.#state.live;
  }

  /** What the mentor's menu entry does to the recording now. @returns {"pause"|"resume"|undefined} */
  get direction() {
    return DIRECTED[this.#state.recording]?.action;
  }

  /** Open the question again, or close it once it is answered. */
  toggleConsent() {
    this.#asked = part("consent").hidden;
    this.#showConsent();
    if (this.#asked) part("consent").querySelector("button").focus();
  }

  answered() {
    this.#asked = false;
    this.#showConsent();
  }

  /** Whether this lesson is one that gets recorded at all. */
  get #recorded() {
    const { recording } = this.#state;
    if (SETTLED.has(recording)) return false;
    return this.#data.recording ? this.#data.recording !== "off" : recording !== "off";
  }

  #showConsent() {
    const { consent, phase } = this.#state;
    const open = consent === null || this.#asked;
    part("consent").hidden = phase !== "in" || !this.#recorded || !open;
    part("record").disabled = !this.#recorded;
    for (const entry of parts("consent-entry")) entry.hidden = !this.#recorded;
    say(part("consent-now"), this.#answerWords(consent));
  }

  #answerWords(consent) {
    if (consent === null) return "";
    return consent ? "Now: you said yes." : "Now: you said no.";
  }

  /** Time to come to an end: for who leads, to sum up. */
  #warn() {
    const more = leads(this.#state.self) ? " Time for takeaways and homework." : "";
    this.#toast(`5 minutes left.${more}`);
  }

  #showTime() {
    const { endsAt, phase } = this.#state;
    const end = Date.parse(endsAt || this.#data.ends_at || "");
    if (Number.isNaN(end)) return;
    const { text, urgent } = timeLeft(Date.now(), Date.parse(this.#data.starts_at ?? ""), end, this.live);
    const box = part("time-left");
    if (box.textContent !== text && text === WARN_MINUTES && phase === "in") this.#warn();
    say(box, text);
    box.classList.toggle("urgent", urgent);
  }
}
