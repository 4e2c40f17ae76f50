/** The control bar, its keys and its panels: every `data-action` of the page ends here. */

import { postLesson } from "../../../room/lesson.js";
import { part, parts } from "./dom.js";

const KEYS = { m: "microphone", v: "camera", s: "screen", c: "chat", h: "hand" };
const KEYS_STORE = "peerlearn.keys";
const TITLES = {
  microphone: ["Turn the microphone on", "Mute"],
  camera: ["Turn the camera on", "Turn the camera off"],
  screen: ["Share your screen", "Stop sharing"],
  hand: ["Raise your hand", "Lower your hand"],
  chat: ["Open the chat", "Close the chat"],
  people: ["See who is here", "Close the list"],
  layout: ["Show who speaks large", "Show everyone alike"],
};

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

export class Controls {
  #call;
  #stage;
  #sounds;
  #facts;
  #panels;
  #csrf = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
  #session;
  #keys = part("shortcuts");

  /** @param {import("../../../room/call.js").Call} call */
  constructor(call, { stage, sounds, facts, panels, session }) {
    this.#call = call;
    this.#stage = stage;
    this.#sounds = sounds;
    this.#facts = facts;
    this.#panels = panels;
    this.#session = session;
    this.#keys.checked = localStorage.getItem(KEYS_STORE) !== "off";
    this.#keys.addEventListener("change", () => localStorage.setItem(KEYS_STORE, this.#keys.checked ? "on" : "off"));
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("keydown", (event) => this.#pressed(event));
    call.local.subscribe(() => this.update());
  }

  update() {
    const { local, state } = this.#call;
    this.#press("microphone", local.on.microphone);
    this.#press("camera", local.on.camera);
    this.#press("screen", local.sharing);
    this.#press("hand", Boolean(state.self?.hand));
    this.#press("layout", this.#stage.layout === "speaker");
    for (const name of ["chat", "people"]) this.#press(name, this.#panels.open === name);
    for (const button of parts("action", "screen")) button.hidden = !local.canShare;
    this.#panels.badge("chat", state.unread);
  }

  #press(action, on) {
    for (const button of parts("action", action)) {
      if (!button.hasAttribute("aria-pressed")) continue;
      button.setAttribute("aria-pressed", String(on));
      button.title = this.#title(action, on);
    }
  }

  #title(action, on) {
    const key = Object.keys(KEYS).find((one) => KEYS[one] === action);
    const words = TITLES[action][on ? 1 : 0];
    return key && this.#keys.checked ? `${words} (${key})` : words;
  }

  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-action]") : null;
    if (!(button instanceof HTMLElement)) return;
    this.act(button.dataset.action, button);
    /** @type {any} */ (button.closest("[popover]"))?.hidePopover();
  }

  #pressed(event) {
    if (event.key === "Escape" && this.#panels.open && !document.querySelector("dialog[open]")) this.#panels.show("");
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    const action = KEYS[event.key.toLowerCase()];
    if (!action || !plain || !this.#keys.checked || isTyping(event.target)) return;
    if (this.#call.state.phase === "lobby" && !["microphone", "camera"].includes(action)) return;
    if (this.#call.state.phase === "over") return;
    event.preventDefault();
    this.act(action);
  }

  /** @param {string|undefined} name @param {HTMLElement} [button] */
  act(name, button) {
    const { local, state } = this.#call;
    const call = this.#call;
    const actions = {
      microphone: () => local.turn("microphone", !local.on.microphone),
      camera: () => local.turn("camera", !local.on.camera),
      "retry-microphone": () => local.turn("microphone", true),
      "retry-camera": () => local.turn("camera", true),
      "retry-both": () => local.restore(),
      more: () => this.#placeMenu(button),
      screen: () => (local.sharing ? local.stopSharing() : local.canShare && local.share()),
      hand: () => call.raiseHand(!state.self?.hand),
      activities: () => this.#placeMenu(button),
      chat: () => this.#panels.toggle("chat"),
      people: () => this.#panels.toggle("people"),
      panel: () => this.#panels.toggle(button?.dataset.opens),
      "close-panel": () => this.#panels.show(""),
      layout: () => this.#stage.setLayout(this.#stage.layout === "grid" ? "speaker" : "grid"),
      pin: () => this.#stage.togglePin(button?.dataset.key),
      consent: () => this.#facts.toggleConsent(),
      "consent-yes": () => this.#answer(true),
      "consent-no": () => this.#answer(false),
      tape: () => this.#facts.direction && call.directRecording(this.#facts.direction),
      settings: () => part("dialog", "settings").showModal(),
      sound: () => this.#sounds.unblock(),
      retry: () => call.retryNow(),
      start: () => this.#start(button),
      "ask-end": () => part("dialog", "end").showModal(),
      end: () => this.#end(button),
      "close-dialog": () => part("dialog", "end").close(),
      leave: () => this.#askOrLeave(),
      "leave-now": () => this.#leave(),
      join: () => this.#goBackIn(),
    };
    actions[name ?? ""]?.();
    this.update();
  }

  /** Above its button, within the window. */
  #placeMenu(button) {
    const { left, width } = button.getBoundingClientRect();
    document.getElementById(button.getAttribute("popovertarget"))?.style.setProperty("--middle", `${Math.round(left + width / 2)}px`);
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
