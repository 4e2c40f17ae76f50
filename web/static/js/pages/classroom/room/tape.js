/** What of the recording is really on disk, for who leads the lesson; and the alarm when something is not. */

import { leads } from "../../../room/conduct.js";
import { make, part, say } from "./dom.js";

const SOURCES = { camera: "camera", microphone: "voice", screen: "screen", "screen-audio": "screen’s sound" };
const WHY = {
  stalled: "nothing of it gets onto the disk",
  no_keyframe: "its picture can’t begin yet",
  disk_full: "the media server’s disk is full",
  write_failed: "the media server’s disk refuses",
  queue: "the media server’s disk is too slow",
  codec: "their browser sends a kind of video that can’t be recorded",
};
const STOPPABLE = new Set(["waiting_consent", "recording", "interrupted", "paused"]);
const UNITS = ["B", "kB", "MB", "GB"];

export class Tape {
  #call;
  #state;
  #failed = false;

  /** @param {import("../../../room/call.js").Call} call */
  constructor(call) {
    this.#call = call;
    this.#state = call.state;
  }

  get actions() {
    return {
      "ask-stop-tape": () => part("dialog", "stop-tape").showModal(),
      "stop-tape": () => this.#stop(),
    };
  }

  update() {
    const { self, health, recording, house } = this.#state;
    const shown = leads(self) ? (health?.tracks ?? []) : [];
    this.#list(shown);
    this.#alarm(shown.filter(({ alarm }) => alarm));
    part("tape-stop").hidden = self?.role !== "mentor" || !STOPPABLE.has(recording);
    part("record").classList.toggle("refused", house.recordable === false);
    part("not-recordable").hidden = house.recordable !== false || !leads(self);
  }

  /** One line a person: how much there is of what they send. */
  #list(tracks) {
    part("health").hidden = !tracks.length;
    part("health-list").replaceChildren(...[...byPerson(tracks)].map(([id, theirs]) => make("li", {},
      make("strong", {}, this.#name(id)),
      ` ${theirs.map((one) => `${SOURCES[one.source] ?? one.source} ${amount(one.bytes)}`).join(", ")}`)));
  }

  #alarm(troubled) {
    const lines = troubled.map(({ participant, source, alarm }) =>
      `${this.#whose(participant)} ${SOURCES[source] ?? source} is not being recorded: ${WHY[alarm] ?? WHY.stalled}.`);
    part("tape-alarm").hidden = !lines.length;
    say(part("tape-alarm-words"), lines.slice(0, 2).join(" ") + (lines.length > 2 ? ` And ${lines.length - 2} more.` : ""));
    if (this.#failed && !lines.length) this.#state.notice("recording-well");
    this.#failed = lines.length > 0;
  }

  #name(id) {
    return id === this.#state.self?.id ? "You" : (this.#state.find(id)?.name ?? "Somebody who left");
  }

  #whose(id) {
    return id === this.#state.self?.id ? "Your" : `${this.#name(id)}’s`;
  }

  #stop() {
    this.#call.directRecording("stop");
    part("dialog", "stop-tape").close();
  }
}

function byPerson(tracks) {
  const found = new Map();
  for (const one of tracks) found.set(one.participant, [...(found.get(one.participant) ?? []), one]);
  return found;
}

/** "1.4 MB" */
export function amount(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}
