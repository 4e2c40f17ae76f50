// The page of hours without leaving it: buttons that change its rows bring the new rows, and the preview follows what is
// typed. The server makes both, so that the page says the same without this script.

const SETTLED_MS = 400; // after the last key

const week = document.querySelector("[data-week]");
const look = document.querySelector("[data-look]");
const days = () => week.querySelector("[data-week-days]");
const preview = document.querySelector("[data-look-days]");
let asked = 0;
let timer = 0;
let changes = Promise.resolve(); // of the rows, one after the other
let waiting = 0; // of them; no preview overtakes one

/** The page as it would be after that button; null if it is overtaken by another. */
const pageAfter = async (button) => {
  const mine = ++asked;
  const sent = new URLSearchParams(new FormData(week));
  sent.set("do", button);
  const address = `${week.getAttribute("action").split("?")[0]}?${new URLSearchParams(new FormData(look))}`;
  const answer = await fetch(address, { method: "POST", body: sent });
  if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
  const text = await answer.text();
  week.action = address;
  return mine === asked ? new DOMParser().parseFromString(text, "text/html") : null;
};

const showPreview = (page) => {
  const fresh = page.querySelector("[data-look-days]");
  if (fresh.innerHTML !== preview.innerHTML) preview.replaceChildren(...fresh.childNodes);
};

const refresh = async () => {
  if (waiting) {
    soon();
    return;
  }
  try {
    const page = await pageAfter("preview");
    if (page) showPreview(page);
  } catch {
    // it stays as it is until the next change
  }
};

/** Where one goes on: the row that came, or what is left of the day. */
const focusOn = (button) => {
  const [action, day] = button.split(":");
  const rows = week.querySelectorAll(`[name^="start-${day}-"]`);
  const next = action === "add" ? rows[rows.length - 1] : week.querySelector(`[value="${action === "copy" ? "copy" : "add"}:${day}"]`);
  (next ?? rows[0])?.focus();
};

const changeRows = async (button, submitter) => {
  try {
    const page = await pageAfter(button);
    if (!page) return;
    days().replaceWith(page.querySelector("[data-week-days]"));
    showPreview(page);
    focusOn(button);
  } catch {
    submitter.dataset.plain = "";
    week.requestSubmit(submitter); // the way without a script
  }
};

const change = (button, submitter) => {
  waiting += 1;
  changes = changes.then(() => changeRows(button, submitter)).finally(() => {
    waiting -= 1;
  });
};

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, SETTLED_MS);
};

week.addEventListener("submit", (event) => {
  const { submitter } = event;
  if (!submitter?.value.includes(":") || "plain" in submitter.dataset) return;
  event.preventDefault();
  event.stopPropagation(); // it is not under way
  change(submitter.value, submitter);
});
week.addEventListener("input", soon);
look.addEventListener("change", soon);
