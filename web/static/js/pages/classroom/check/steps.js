/** The steps on the page: what is tried now, what came of it, and what to do about it. */

const page = /** @type {HTMLElement} */ (document.querySelector("[data-sprite]"));
const MARKS = { ready: "check", limited: "alert", failed: "close" };

/** @returns {any} the first element with `data-<name>` (and that value) */
export function part(name, value) {
  return page.querySelector(value === undefined ? `[data-${name}]` : `[data-${name}="${value}"]`);
}

/** An element with text. @param {string} tag @param {string} text @returns {any} */
export function made(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/** @param {Element} box @param {string} name of the sprite */
function draw(box, name) {
  box.querySelector("use").setAttribute("href", `${page.dataset.sprite}#${name}`);
}

/** Show a picture in its box. @param {any} box @param {MediaStreamTrack} track @returns {HTMLVideoElement} */
export function play(box, track) {
  const video = document.createElement("video");
  Object.assign(video, { className: "check-picture", muted: true, autoplay: true, playsInline: true });
  video.setAttribute("aria-label", box.dataset.label);
  video.srcObject = new MediaStream([track]);
  box.replaceChildren(video);
  box.hidden = false;
  return video;
}

export class Step {
  #box;
  #picture;

  constructor(name) {
    this.#box = part("step", name);
    this.#picture = this.#box.querySelector("use").getAttribute("href").split("#")[1];
  }

  /** @returns {any} */
  find(name) {
    return this.#box.querySelector(`[data-${name}]`);
  }

  begin(words) {
    this.#show("trying", this.#picture, words, []);
  }

  /** @param {"ready"|"limited"|"failed"} weight @param {string} words @param {string[]} fixes */
  end(weight, words, fixes = []) {
    this.#show(weight, MARKS[weight], words, fixes);
    announce(`${this.#box.querySelector("h2").textContent}: ${words}`);
  }

  say(words) {
    this.find("words").textContent = words;
  }

  #show(state, picture, words, fixes) {
    this.#box.dataset.state = state;
    draw(this.find("mark"), picture);
    this.say(words);
    const list = this.find("fixes");
    list.replaceChildren(...fixes.map((text) => made("li", text)));
    list.hidden = !fixes.length;
  }
}

export function announce(text) {
  part("announce").textContent = text;
}
