/** Making and finding elements of the room's page. */

const main = /** @type {HTMLElement} */ (document.querySelector("main"));

/** @returns {any} the first element with `data-<name>` (and that value) */
export function part(name, value) {
  return main.querySelector(value === undefined ? `[data-${name}]` : `[data-${name}="${value}"]`);
}

/** @returns {any[]} */
export function parts(name, value) {
  return [...main.querySelectorAll(value === undefined ? `[data-${name}]` : `[data-${name}="${value}"]`)];
}

/**
 * An element with properties, `data` and attributes (names with a dash, or role), and children.
 * Text is always text, never markup.
 * @param {string} tag @param {any} [properties] @param {(string|Node|null|undefined)[]} children
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const { data = {}, ...fields } = properties;
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(fields)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  Object.assign(element.dataset, data);
  element.append(...children.filter((child) => child != null));
  return element;
}

/** An icon of the sprite; without a label it is decoration. */
export function icon(name, label = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${main.dataset.sprite}#${name}`);
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  svg.append(use);
  return svg;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** A number from 0 to 7 that stays the same for a name (as in partials/people.html). */
export function hue(name) {
  const letters = [...name.toLowerCase()];
  const sum = letters.reduce((total, letter, index) => total + (index + 1) * (LETTERS.indexOf(letter) + 2), 0);
  return (sum + [...name].length) % 8;
}

export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [...words[0]][0] + [...words.at(-1)][0] : [...name].slice(0, 2).join("");
  return picked.toUpperCase();
}

export function avatar(name, size = "") {
  const classes = `avatar avatar-${hue(name)}${size ? ` avatar-${size}` : ""}`;
  return make("span", { className: classes, "aria-hidden": "true" }, initials(name));
}

/** Sets text only when it differs, so that live regions speak once. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The call's own styles: the lobby does without them. @returns {Promise<unknown>} when they hold */
export function loadStyles() {
  const addresses = (main.dataset.styles ?? "").split(" ").filter(Boolean);
  return Promise.all(addresses.map((href) => new Promise((done) => {
    const sheet = make("link", { rel: "stylesheet", href, onload: done, onerror: done });
    document.head.append(sheet);
  })));
}
