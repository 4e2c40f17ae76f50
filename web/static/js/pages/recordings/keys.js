// Keys of the player. Fields, dialogs and whatever has the focus keep theirs.

const STORE = "peerlearn.film-keys";

const isTyping = (target) => target.closest("input:not([data-seek]), textarea, select, [contenteditable], dialog, [popover]") !== null;
const isPressed = (target) => target.closest("a, button, summary, [role=tab]") !== null;

export const useKeys = (player, act) => {
  const on = player.querySelector("[data-keys-on]");
  on.checked = localStorage.getItem(STORE) !== "off";
  on.addEventListener("change", () => localStorage.setItem(STORE, on.checked ? "on" : "off"));

  const keys = new Map([
    [" ", act.play], ["k", act.play],
    ["j", act.back], ["l", act.forward],
    ["ArrowLeft", () => act.skip(-5)], ["ArrowRight", () => act.skip(5)],
    ["ArrowUp", () => act.louder(0.1)], ["ArrowDown", () => act.louder(-0.1)],
    ["<", () => act.nextSpeed(-1)], [">", () => act.nextSpeed(1)],
    ["n", act.missed], ["c", act.captions], ["m", act.mute], ["f", act.full], ["?", act.keys],
    ...[..."0123456789"].map((digit) => [digit, () => act.seek(digit / 10)]),
  ]);
  // A page scrolls by the arrows up and down: they are the film's only where it has the focus.
  const ours = (key, target) => (key.startsWith("Arrow") ? player.querySelector("[data-screen]").contains(target) || (target === document.body && key !== "ArrowUp" && key !== "ArrowDown") : true);

  const down = (event) => {
    if (!player.isConnected) return removeEventListener("keydown", down); // another state of the page
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = keys.get(key);
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
    if (!action || !plain || !on.checked || isTyping(event.target)) return;
    if ((key === " " && isPressed(event.target)) || !ours(key, event.target)) return;
    event.preventDefault();
    if (!event.repeat || key.startsWith("Arrow") || "jl".includes(key)) action();
  };
  addEventListener("keydown", down);
};
