// Keys of the player. Fields, dialogs and whatever has the focus keep theirs.

const STORE = "peerlearn.film-keys";
const UP_AND_DOWN = new Set(["ArrowUp", "ArrowDown"]); // the page scrolls by them
const HELD = new Set(["j", "l", "ArrowLeft", "ArrowRight", ...UP_AND_DOWN]);

/** @type {Map<string, (film: object) => void>} */
const KEYS = new Map([
  [" ", (film) => film.play()], ["k", (film) => film.play()],
  ["j", (film) => film.back()], ["l", (film) => film.forward()],
  ["ArrowLeft", (film) => film.skip(-5)], ["ArrowRight", (film) => film.skip(5)],
  ["ArrowUp", (film) => film.louder(0.1)], ["ArrowDown", (film) => film.louder(-0.1)],
  ["<", (film) => film.faster(-1)], [">", (film) => film.faster(1)],
  ["n", (film) => film.missed()], ["c", (film) => film.captions()], ["m", (film) => film.mute()],
  ["f", (film) => film.full()], ["?", (film) => film.keys()],
  ...[..."0123456789"].map((digit) => [digit, (film) => film.to(digit / 10)]),
]);

const isTyping = (target) => target.closest("input:not([data-seek]), textarea, select, [contenteditable], dialog, [popover]") !== null;
const isPressed = (target) => target.closest("a, button, summary") !== null;
const scrolls = (target) => target.closest("[data-pane]") !== null;

export const useKeys = (player, film) => {
  const on = player.querySelector("[data-keys-on]");
  const screen = player.querySelector("[data-screen]");
  on.checked = localStorage.getItem(STORE) !== "off";
  on.addEventListener("change", () => localStorage.setItem(STORE, on.checked ? "on" : "off"));

  const mayTake = (key, { target }) => {
    if (isTyping(target)) return false;
    if (key === " ") return !isPressed(target);
    if (UP_AND_DOWN.has(key)) return screen.contains(target);
    return !key.startsWith("Arrow") || !scrolls(target);
  };
  const down = (event) => {
    if (!player.isConnected) return removeEventListener("keydown", down); // the page shows something else now
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
    if (!KEYS.has(key) || !plain || !on.checked || !mayTake(key, event)) return;
    event.preventDefault();
    if (!event.repeat || HELD.has(key)) KEYS.get(key)(film);
  };
  addEventListener("keydown", down);
};
