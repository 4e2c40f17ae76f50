/** The control bar: every `data-action` of the page ends here, and its buttons show what is on. */

import { postLesson } from "../../../room/lesson.js";
import { part, parts } from "./dom.js";
import { Keys } from "./keys.js";

const TITLES = {
  microphone: ["Turn the microphone on", "Mute"],
  camera: ["Turn the camera on", "Turn the camera off"],
  screen: ["Share your screen", "Stop sharing"],
  hand: ["Raise your hand", "Lower your hand"],
  chat: ["Open the chat", "Close the chat"],
  people: ["See who is here", "Close the list"],
  captions: ["Show captions", "Hide captions"],
};

export class Controls {
  #call;
  #facts;
  #panels;
  #csrf;
  #session;
  #keys;
  /** @type {Map<string, (button?: HTMLElement) => void>} */
  #actions = new Map();

  /** @param {import("../../../room/call.js").Call} call */
  constructor(call, { sounds, facts, panels, session, csrf }) {
    this.#call = call;
    this.#facts = facts;
    this.#panels = panels;
    this.#session = session;
    this.#csrf = csrf;
    this.#keys = new Keys(call, panels, (action) => this.#byKey(action));
    document.addEventListener("click", (event) => this.#clicked(event));
    call.local.subscribe(() => this.update());
    this.add(this.#media(), this.#views(), this.#lesson());
    this.add({ sound: () => sounds.unblock(), retry: () => call.retryNow() });
  }

  /** What `data-action="<name>"` does. @param {Record<string, (button?: any) => void>[]} tables */
  add(...tables) {
    for (const table of tables) for (const [name, act] of Object.entries(table)) this.#actions.set(name, act);
  }

  update() {
    const { local, state } = this.#call;
    this.press("microphone", local.on.microphone);
    this.press("camera", local.on.camera);
    this.press("screen", local.sharing);
    this.press("hand", Boolean(state.self?.hand));
    for (const name of ["chat", "people"]) this.press(name, this.#panels.open === name);
    for (const button of parts("action", "screen")) button.hidden = !local.canShare;
    this.#panels.badge("chat", state.unread);
  }

  press(action, on) {
    for (const button of parts("action", action)) {
      if (!button.hasAttribute("aria-pressed")) continue;
      button.setAttribute("aria-pressed", String(on));
      const words = TITLES[action]?.[on ? 1 : 0];
      const key = this.#keys.of(action);
      if (words) button.title = key ? `${words} (${key})` : words;
    }
  }

  /** @param {string|undefined} name @param {HTMLElement} [button] */
  act(name, button) {
    this.#actions.get(name ?? "")?.(button);
    this.update();
  }

  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-action]") : null;
    if (!(button instanceof HTMLElement)) return;
    this.act(button.dataset.action, button);
    if (!button.hasAttribute("popovertarget")) /** @type {any} */ (button.closest("[popover]"))?.hidePopover();
  }

  /** As a click on the control would, so that a menu opens above its button. */
  #byKey(action) {
    const button = parts("action", action).find((one) => one.hasAttribute("popovertarget"));
    if (button?.offsetParent) button.click();
    else if (action) this.act(action);
    this.update();
  }

  #media() {
    const { local, state } = this.#call;
    return {
      microphone: () => local.turn("microphone", !local.on.microphone),
      camera: () => local.turn("camera", !local.on.camera),
      "retry-microphone": () => local.turn("microphone", true),
      "retry-camera": () => local.turn("camera", true),
      "retry-both": () => local.restore(),
      hand: () => this.#call.raiseHand(!state.self?.hand),
    };
  }

  #views() {
    return {
      more: (button) => this.placeMenu(button),
      activities: (button) => this.placeMenu(button),
      chat: () => this.#panels.toggle("chat"),
      people: () => this.#panels.toggle("people"),
      panel: (button) => this.#panels.toggle(button?.dataset.opens),
      "close-panel": () => this.#panels.show(""),
      settings: () => part("dialog", "settings").showModal(),
      keys: () => part("dialog", "keys").showModal(),
      "close-dialog": (button) => button.closest("dialog").close(),
    };
  }

  #lesson() {
    const call = this.#call;
    return {
      consent: () => this.#facts.toggleConsent(),
      "consent-yes": () => this.#answer(true),
      "consent-no": () => this.#answer(false),
      tape: () => this.#facts.direction && call.directRecording(this.#facts.direction),
      start: (button) => this.#start(button),
      "ask-end": () => part("dialog", "end").showModal(),
      end: (button) => this.#end(button),
      leave: () => this.#askOrLeave(),
      "leave-now": () => this.#leave(),
      join: () => this.#goBackIn(),
    };
  }

  /** Above its button, within the window. */
  placeMenu(button) {
    const menu = document.getElementById(button?.getAttribute("popovertarget") ?? "");
    if (!menu) return;
    const { left, width, top } = button.getBoundingClientRect();
    menu.style.setProperty("--middle", `${Math.round(left + width / 2)}px`);
    menu.style.setProperty("--above", `${Math.round(innerHeight - top)}px`);
  }

  #answer(consent) {
    this.#call.consentTo(consent);
    this.#facts.answered();
  }

  async #start(button) {
    button.setAttribute("aria-busy", "true");
    const problem = await postLesson(this.#session, "start", this.#csrf);
    button.removeAttribute("aria-busy");
    if (problem) this.#call.state.notice("error", { text: problem });
    else this.#call.state.set({ live: true });
  }

  async #end(button) {
    button.setAttribute("aria-busy", "true");
    const problem = await postLesson(this.#session, "end", this.#csrf);
    button.removeAttribute("aria-busy");
    part("end-error").hidden = !problem;
    part("end-error").textContent = problem ?? "";
    if (!problem) part("dialog", "end").close();
  }

  /** A mentor who goes may mean the end: leaving alone never ends a lesson. */
  #askOrLeave() {
    if (this.#facts.live && this.#call.state.self?.role === "mentor") part("dialog", "end").showModal();
    else this.#leave();
  }

  #goBackIn() {
    this.#call.join();
    this.#call.local.restore();
  }

  #leave() {
    part("dialog", "end").close();
    this.#call.leave();
  }
}
