/**
 * The floor for the screen: one shares at a time, others wait in line. The browser gives a screen only
 * after a click, so "It is your turn" comes with a button.
 */

import { icon, make, part } from "./dom.js";
import { leads } from "../../../room/conduct.js";

const PLACES = ["next", "second", "third", "fourth", "fifth"];

/** "You are second; Lea shares now." */
export function placeWords(place, sharer) {
  const where = PLACES[place] ? `You are ${PLACES[place]}` : `You are number ${place + 1}`;
  return sharer ? `${where}; ${sharer} shares now.` : `${where} in line.`;
}

export class Floor {
  #call;
  #box = part("floor");
  #shown = "";
  #shared = false;
  #asked = false; // for the mentor's word; then a click is still needed

  /** @param {import("../../../room/call.js").Call} call */
  constructor(call) {
    this.#call = call;
    call.local.subscribe((source) => source === "screen" && this.#localChanged());
  }

  get actions() {
    return {
      screen: () => this.#pressed(),
      "screen-now": () => this.#share(),
      "screen-not": () => this.#giveUp(),
    };
  }

  /** Refused, because somebody was quicker or because it takes the mentor's word. @param {string} code */
  refused(code) {
    if (code === "screen_taken") {
      this.#call.local.stopSharing();
      this.#call.send({ type: "share", wanted: true });
    } else if (code === "forbidden") {
      this.#call.local.stopSharing();
    }
  }

  #pressed() {
    const { local, state } = this.#call;
    const { sharer, queue } = state.house;
    const me = state.self?.id;
    if (local.sharing) local.stopSharing();
    else if (queue.includes(me)) this.#call.send({ type: "share", wanted: false });
    else if (!this.#granted || (sharer && sharer !== me && state.find(sharer))) this.#ask();
    else this.#share();
  }

  /** Who leads needs nobody's word. */
  get #granted() {
    const { self } = this.#call.state;
    return leads(self) || Boolean(self?.may_share);
  }

  #ask() {
    this.#asked = !this.#granted;
    this.#call.send({ type: "share", wanted: true });
  }

  #giveUp() {
    this.#asked = false;
    this.#call.send({ type: "share", wanted: false });
    const { house, self } = this.#call.state;
    if (house.sharer === self?.id) this.#call.state.set({ house: { ...house, sharer: null } });
    this.update();
  }

  async #share() {
    const { local } = this.#call;
    if (!local.canShare || local.sharing) return;
    this.#asked = false;
    await local.share();
    if (!local.sharing && this.#call.state.house.sharer === this.#call.state.self?.id) {
      this.#call.send({ type: "share", wanted: false }); // the picker was closed: the next one's turn
    }
  }

  #localChanged() {
    const { local } = this.#call;
    if (this.#shared && !local.sharing) this.#giveUp();
    this.#shared = local.sharing;
    this.update();
  }

  update() {
    const what = this.#what();
    const key = JSON.stringify(what);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#box.hidden = !what;
    this.#box.replaceChildren(...(what ? this.#content(what) : []));
  }

  #what() {
    const { local, state } = this.#call;
    const { sharer, queue } = state.house;
    const me = state.self?.id;
    if (state.phase !== "in") return null;
    const waiting = queue.length ? ` ${this.#waitingWords(queue)}` : "";
    if (local.sharing) return { text: `Everybody sees your screen.${waiting}`, buttons: [["screen", "Stop sharing", "bad"]] };
    const place = queue.indexOf(me);
    const mine = sharer === me || (this.#asked && this.#granted && !sharer);
    if (mine) {
      return { text: sharer ? "It is your turn to share your screen." : "You may share your screen.", buttons: [["screen-now", "Share now", ""], ["screen-not", "Not now", "quiet"]] };
    }
    if (place < 0) return null;
    const text = placeWords(place, state.find(sharer)?.name);
    return { text, buttons: [["screen-not", "Leave the line", "quiet"]] };
  }

  #waitingWords(queue) {
    const first = this.#call.state.find(queue[0])?.name ?? "Somebody";
    return queue.length === 1 ? `${first} waits to share.` : `${first} and ${queue.length - 1} more wait to share.`;
  }

  #content({ text, buttons }) {
    const made = buttons.map(([action, words, tone]) =>
      make("button", { className: `button button-small${tone ? ` button-${tone}` : ""}`, type: "button", data: { action } }, words));
    return [icon("screen"), make("p", {}, text), ...made];
  }
}
