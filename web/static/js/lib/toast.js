// A short word about what happened, in the page's live region.

const STAYS_MS = 6000; // long enough to read two lines; it stays while pointed at

/** @param {string} text @param {""|"good"|"bad"} tone @param {string} href where it leads, if anywhere */
export const toast = (text, tone = "", href = "") => {
  const region = document.querySelector("[data-toasts]");
  const box = document.createElement("div");
  box.className = tone ? `toast toast-${tone}` : "toast";
  const words = document.createElement(href ? "a" : "p");
  words.textContent = text;
  if (href) words.href = href;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  close.textContent = "×";
  close.setAttribute("aria-label", "Close this message");
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  region.append(box);
  leaveLater(box);
};

const leaveLater = (box) => {
  let timer = setTimeout(() => box.remove(), STAYS_MS);
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => {
    timer = setTimeout(() => box.remove(), STAYS_MS);
  });
};
