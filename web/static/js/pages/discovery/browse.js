// The timetable's filters: what is chosen is looked up at once and stands in the address; the page works the
// same without this, by its button.

import { useOwnZone } from "../../behaviours/times.js";

const PAUSE_MS = 350; // after the last letter of a search
const ZONED = ["from", "to", "days", "time"]; // what a time zone means something for

const form = document.querySelector("[data-filters]");
let due = 0;
let asked = null;

// Only what is set belongs into an address.
const trim = (data) => {
  const empty = [...data].filter(([, value]) => value === "").map(([name]) => name);
  for (const name of empty) data.delete(name);
  if (!ZONED.some((name) => data.has(name))) data.delete("timezone");
};

const addressOf = (data) => {
  const query = new URLSearchParams(data).toString();
  return form.action + (query ? `?${query}` : "");
};

const show = (page) => {
  const results = document.querySelector("[data-results]");
  const found = page.querySelector("[data-results]");
  results.replaceChildren(...found.childNodes);
  useOwnZone();
  form.querySelector("[data-show]").textContent = `Show ${document.querySelector("#found").textContent}`;
};

const lookUp = async () => {
  asked?.abort();
  asked = new AbortController();
  const results = document.querySelector("[data-results]");
  const address = addressOf(new FormData(form));
  results.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    history.pushState(null, "", address);
    show(page);
  } catch (error) {
    if (error.name === "AbortError") return; // a later choice is under way
    location.assign(address); // the server says itself what is wrong
  }
  results.removeAttribute("aria-busy");
};

const soon = (pause) => {
  clearTimeout(due);
  due = setTimeout(lookUp, pause);
};

form.addEventListener("formdata", ({ formData }) => trim(formData));
form.addEventListener("change", ({ target }) => target.name && target.name !== "q" && soon(0));
form.elements.q.addEventListener("input", () => soon(PAUSE_MS));
form.addEventListener("submit", (event) => {
  if (!form.classList.contains("is-open")) return;
  event.preventDefault(); // the sheet closes over what was looked up already
  form.querySelector("[data-sheet-close]").click();
  soon(0);
});
addEventListener("popstate", () => location.reload());

const clock = document.querySelector("[data-clock]");
const zone = form.elements.timezone?.value;
if (clock && zone) clock.textContent = `your clock, ${zone.split("/").at(-1).replaceAll("_", " ")}`;
