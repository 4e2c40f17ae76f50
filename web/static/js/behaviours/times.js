// Times for somebody who is not signed in: the server writes UTC, here they become the reader's own.
// Also keeps "in 12 min" true, and tells the server the zone when an account is made.

import { city, leaf, moment, range, until } from "../lib/times.js";

const TICK_MS = 30_000;

export const useOwnZone = () => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  for (const input of document.querySelectorAll("input[data-timezone]")) input.value = zone;
  for (const time of document.querySelectorAll("time[data-guess]")) {
    const [day, hours] = range(new Date(time.dateTime), new Date(time.dataset.end), zone, new Date());
    time.firstChild.data = `${day}, `;
    time.querySelector(".nowrap").textContent = hours;
    const words = time.parentElement.querySelector(".zone");
    if (words) words.textContent = `your time, ${city(zone)}`;
  }
  for (const time of document.querySelectorAll("time[data-moment]")) {
    const [day, hour] = moment(new Date(time.dateTime), zone, new Date());
    time.firstChild.data = `${day}, `;
    time.querySelector(".nowrap").textContent = hour;
    time.nextElementSibling.textContent = `your time, ${city(zone)}`;
  }
  for (const box of document.querySelectorAll("[data-leaf]")) {
    const { weekday, day, month } = leaf(new Date(box.dataset.leaf), zone);
    [box.children[0].textContent, box.children[1].textContent, box.children[2].textContent] = [month, day, weekday];
  }
};

export const keepRelative = () => {
  const spans = document.querySelectorAll("[data-relative]");
  if (!spans.length) return;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  setInterval(() => {
    for (const span of spans) {
      span.textContent = until(new Date(span.dataset.relative), span.dataset.zone ?? own, new Date());
    }
  }, TICK_MS);
};
