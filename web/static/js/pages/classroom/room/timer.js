/** The timer: a clock in the head for everybody, started and stopped by those who lead. */

import { icon, make, part, parts, say } from "./dom.js";

const TICK_MS = 250;
const OVER_MS = 10_000; // "time is up" stays so long
const LAST_MS = 60_000;
const MOST_S = 3 * 3600;

export class Timer {
  #teaching;
  #tools;
  #chip = make("span", { className: "chip timer-chip", role: "timer", hidden: true }, icon("clock"));
  #words = make("span");
  #told = "";

  constructor(teaching, tools) {
    this.#teaching = teaching;
    this.#tools = tools;
    this.#chip.append(this.#words);
    part("time-left").before(this.#chip);
    part("timer-form").addEventListener("submit", (event) => this.#submitted(event));
    part("timer-stop").addEventListener("click", () => this.#say(0));
    part("timer-more").addEventListener("click", () => this.#say(Math.ceil(this.#left / 1000) + 60, teaching.timer?.label));
    for (const button of parts("timer-minutes")) {
      button.addEventListener("click", () => this.#say(Number(button.dataset.timerMinutes) * 60));
    }
    teaching.onEvent((event) => {
      if (event.kind === "timer") this.#changed(event.before);
    });
    setInterval(() => this.#show(), TICK_MS);
  }

  update(changed) {
    if (changed.has("timer") || changed.has("people")) this.#show();
  }

  get #left() {
    return (this.#teaching.timer?.endsAt ?? 0) - Date.now();
  }

  #submitted(event) {
    event.preventDefault();
    const minutes = Number(part("timer-own").value);
    if (minutes > 0 && minutes * 60 <= MOST_S) this.#say(Math.round(minutes * 60));
    else part("timer-own").focus();
  }

  #say(seconds, label = part("timer-words").value.trim()) {
    const said = this.#teaching.say({ type: "timer", seconds: Math.min(seconds, MOST_S), label });
    if (!said) this.#tools.toast("You are not connected. Try again in a moment.", "bad");
  }

  #changed(before) {
    const { timer } = this.#teaching;
    this.#told = "";
    if (timer) this.#tools.announce(`Timer: ${spoken(this.#left)}${timer.label ? `, ${timer.label}` : ""}.`);
    else if (before) this.#tools.announce("The timer was stopped.");
  }

  #show() {
    const { timer, leads } = this.#teaching;
    const left = this.#left;
    const running = Boolean(timer) && left > -OVER_MS;
    this.#chip.hidden = !running;
    part("timer-now").hidden = !running;
    part("timer-form").hidden = !leads || (running && left > 0);
    part("timer-tools").hidden = !leads;
    say(part("timer-empty"), running || leads ? "" : "No timer is running. When one is, you see it in the head of the room.");
    if (!running) return;
    const text = left > 0 ? clock(left) : "Time is up";
    say(this.#words, text);
    say(part("timer-clock"), text);
    say(part("timer-label"), timer?.label ?? "");
    this.#chip.title = timer?.label ?? "";
    this.#chip.classList.toggle("urgent", left <= LAST_MS && left > 0);
    this.#chip.classList.toggle("up", left <= 0);
    part("timer-now").classList.toggle("up", left <= 0);
    this.#tell(left);
  }

  /** Said once each: the last minute, and the end. */
  #tell(left) {
    const now = left <= 0 ? "up" : left <= LAST_MS ? "last" : "";
    const before = this.#told;
    this.#told = now;
    if (!now || now === before) return;
    const { label } = this.#teaching.timer ?? { label: "" };
    if (now === "up") this.#tools.toast(label ? `Time is up: ${label}` : "Time is up");
    else if (before === "" && left > LAST_MS - 2 * TICK_MS) this.#tools.announce("One minute left on the timer.");
  }
}

/** "4:05", with hours where there are any. */
function clock(ms) {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const last = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${last}` : `${minutes}:${last}`;
}

function spoken(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}
