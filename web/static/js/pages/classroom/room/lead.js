/** What who leads the room can do: with one person, with all, with the door. */

import { leads } from "../../../room/conduct.js";
import { icon, make, part, parts, say } from "./dom.js";

/** What can be done with one person now. @returns {[action: string, picture: string, words: string][]} */
function options(person, me) {
  const { media, hand, role } = person;
  const learner = role === "learner";
  const all = [
    [media?.microphone, "mute", "microphone-off", "Mute"],
    [media?.camera, "stop-video", "camera-off", "Turn the camera off"],
    [media?.screen, "stop-screen", "screen-off", "Stop the shared screen"],
    [learner && !person.may_share, "allow-screen", "screen", "Let share the screen"],
    [learner && person.may_share, "disallow-screen", "screen-off", "No more sharing"],
    [hand, "lower-hand", "hand", "Lower the hand"],
    [me === "mentor" && learner, "cohost", "shield", "Make co-host"],
    [me === "mentor" && role === "cohost", "uncohost", "shield", "No longer co-host"],
    [role !== "mentor", "ask-remove", "leave", "Remove from the lesson…"],
  ];
  return /** @type {any} */ (all.filter(([possible]) => possible).map(([, ...option]) => option));
}

export class Lead {
  #call;
  #state;
  #menu = part("person-menu");
  /** @type {string} whom the open menu or dialog is about */
  #about = "";
  #done;

  /** @param {import("../../../room/call.js").Call} call @param {(text: string) => void} done says what was done */
  constructor(call, done) {
    this.#call = call;
    this.#state = call.state;
    this.#done = done;
  }

  get actions() {
    return {
      person: (button) => this.#openMenu(button),
      "person-do": (button) => this.#act(button.dataset.moderate, this.#about),
      "person-remove": () => this.#remove(),
      "mute-all": () => this.#act("mute-all"),
      "lower-hands": () => this.#act("lower-hands"),
      lock: () => this.#act(this.#state.house.locked ? "unlock" : "lock"),
      admission: () => this.#act(this.#state.house.admission ? "admission-off" : "admission-on"),
      admit: (button) => this.#act("admit", button.dataset.person),
      deny: (button) => this.#act("deny", button.dataset.person),
      "admit-all": () => this.#act("admit-all"),
      readmit: (button) => this.#act("readmit", button.dataset.person),
    };
  }

  update() {
    const lead = leads(this.#state.self);
    const { locked, admission } = this.#state.house;
    for (const one of parts("lead")) one.hidden = !lead;
    for (const [action, on] of [["lock", locked], ["admission", admission]]) {
      for (const button of parts("action", action)) button.setAttribute("aria-checked", String(on));
    }
    part("action", "lower-hands").disabled = !this.#state.hands.length;
    part("action", "mute-all").disabled = ![...this.#state.others.values()].some(({ media }) => media?.microphone);
    part("locked").hidden = !locked;
    this.#showDoor();
  }

  /** Who waits stands on top; who was put out can be let in again. */
  #showDoor() {
    const { knocking, putOut } = this.#state;
    const lead = leads(this.#state.self);
    part("knocking").hidden = !lead || !knocking.length;
    part("action", "admit-all").hidden = knocking.length < 2;
    this.#list(part("knocking-list"), knocking, (one) => [["admit", "Admit", ""], ["deny", "Deny", "button-plain"]].map((button) => this.#button(one, button)));
    part("put-out").hidden = !lead || !putOut.length;
    this.#list(part("put-out-list"), putOut, (one) => [this.#button(one, ["readmit", "Let back in", "button-plain"])]);
  }

  #list(box, people, buttons) {
    const shown = JSON.stringify(people);
    if (box.dataset.shown === shown) return;
    box.dataset.shown = shown;
    box.replaceChildren(...people.map((one) =>
      make("li", { className: "door-row" }, make("span", { className: "people-name grow" }, one.name), ...buttons(one))));
  }

  #button({ id, name }, [action, words, tone]) {
    return make("button", {
      className: `button button-small ${tone}`, type: "button", data: { action, person: id }, "aria-label": `${words}: ${name}`,
    }, words);
  }

  #openMenu(button) {
    this.#about = button.dataset.person;
    const person = this.#state.find(this.#about);
    if (!person) return;
    const made = options(person, this.#state.self?.role).map(([action, picture, words]) => {
      const remove = action === "ask-remove";
      const data = remove ? { action: "person-remove" } : { action: "person-do", moderate: action };
      return make("button", { type: "button", className: remove ? "bad" : "", data }, icon(picture), make("span", {}, words));
    });
    this.#menu.replaceChildren(make("p", { className: "menu-title" }, person.name), ...made);
    const { bottom, right } = button.getBoundingClientRect();
    this.#menu.style.setProperty("--top", `${Math.round(Math.min(bottom, innerHeight - 48 * (made.length + 1) - 24))}px`);
    this.#menu.style.setProperty("--right", `${Math.round(innerWidth - right)}px`);
  }

  /** Nobody is put out by a slip of the finger. */
  #remove() {
    const person = this.#state.find(this.#about);
    if (!person) return;
    const dialog = part("dialog", "remove");
    say(part("remove-title"), `Remove ${person.name}?`);
    dialog.showModal();
    dialog.onclose = () => dialog.returnValue === "remove" && this.#act("remove", person.id);
    dialog.returnValue = "";
  }

  #act(action, id) {
    const name = this.#state.find(id)?.name ?? "";
    if (!this.#call.moderate(action, id)) {
      this.#state.notice("error", { text: "You are not connected just now. Try again in a moment." });
      return;
    }
    const words = DONE[action];
    if (words) this.#done(words(name));
  }
}

const DONE = {
  mute: (name) => `${name} is muted.`,
  "mute-all": () => "Everybody else is muted.",
  "stop-video": (name) => `${name}’s camera is turned off.`,
  "stop-screen": (name) => `${name} no longer shares.`,
  "allow-screen": (name) => `${name} may share the screen.`,
  "disallow-screen": (name) => `${name} may no longer share.`,
  "lower-hand": (name) => `${name}’s hand is lowered.`,
  "lower-hands": () => "All hands are lowered.",
  remove: (name) => `${name} was removed from the lesson.`,
};
