// A draft is kept while it is written: what is typed goes to the server as it stands, and the page that comes back says
// when it was kept and what the times mean. Without this script every button does the same.

const SETTLED_MS = 900; // after the last key
const AGAIN_MS = 10_000; // when it could not be kept

const form = document.querySelector("[data-draft]");
const saved = document.querySelector("[data-saved]");
let timer = 0;
let underway = null; // the request that keeps it
let stale = false; // typed since
let overtaken = false; // another tab has changed it: only a button goes on from there

const tell = (words, state = "") => {
  saved.dataset.state = state;
  if (saved.textContent !== words) saved.textContent = words;
};

const send = async () => {
  const sent = new URLSearchParams(new FormData(form));
  sent.set("do", "keep");
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body: sent });
  if (answer.redirected || !(answer.ok || answer.status === 409)) throw new Error(`status ${answer.status}`);
  return { page: new DOMParser().parseFromString(await answer.text(), "text/html"), clash: answer.status === 409 };
};

/** The first words made a draft of it: the address is its own from then on. */
const moveTo = (address) => {
  if (address === form.getAttribute("action")) return;
  form.setAttribute("action", address);
  history.replaceState(null, "", address);
};

const focusedName = () => (document.activeElement?.closest("[data-times]") ? document.activeElement : null);

const showTimes = (page) => {
  const [here, fresh] = [form, page].map((where) => where.querySelector("[data-times]"));
  if (!here || !fresh || here.innerHTML === fresh.innerHTML) return;
  const focused = focusedName();
  here.replaceChildren(...fresh.childNodes);
  if (focused) here.querySelector(`[name="${focused.name}"][value="${focused.value}"]`)?.focus();
};

const show = ({ page, clash }) => {
  if (clash) {
    overtaken = true;
    form.seen.value = page.querySelector("[name=seen]").value;
    form.querySelector("[data-said]").replaceChildren(...page.querySelector("[data-said]").childNodes);
    tell("Not saved", "failed");
    return;
  }
  form.seen.value = page.querySelector("[name=seen]").value;
  moveTo(page.querySelector("[data-draft]").getAttribute("action"));
  if (!stale) showTimes(page);
  tell(page.querySelector("[data-saved]").textContent);
};

const keep = async () => {
  clearTimeout(timer);
  if (underway || overtaken) return;
  stale = false;
  underway = send();
  try {
    show(await underway);
  } catch {
    stale = true;
    tell("Not saved yet. We try again.", "failed");
    timer = setTimeout(keep, AGAIN_MS);
    return;
  } finally {
    underway = null;
  }
  if (stale) soon();
};

const soon = () => {
  stale = true;
  if (!overtaken) tell("Saving…");
  clearTimeout(timer);
  timer = setTimeout(keep, SETTLED_MS);
};

/** Whether something was typed before this script was there, or brought back by the browser. */
const typedBefore = (field) => ("defaultChecked" in field && field.checked !== field.defaultChecked)
  || (field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue);

form.addEventListener("input", soon);
form.addEventListener("change", soon);
if ([...form.elements].some(typedBefore)) soon();
addEventListener("online", () => stale && keep());
document.addEventListener("visibilitychange", () => document.hidden && stale && keep());

// A button waits for what is under way: it knows the draft by how that leaves it.
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  if (!underway) return;
  event.preventDefault();
  event.stopPropagation(); // it is not under way
  const { submitter } = event;
  underway.catch(() => {}).then(() => {
    stale = false;
    if (!overtaken) setTimeout(() => form.requestSubmit(submitter));
  });
});
