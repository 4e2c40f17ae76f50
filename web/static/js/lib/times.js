// Instants in words, in the reader's own zone. Pure: no DOM.

const parts = (instant, zone) => {
  const format = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
  });
  return Object.fromEntries(format.formatToParts(instant).map((part) => [part.type, part.value]));
};

// {weekday, day, month}, as the leaf of a calendar shows them.
export const leaf = (instant, zone) => {
  const { weekday, day, month } = parts(instant, zone);
  return { weekday, day, month: month.slice(0, 3) };
};

const date = (of, now) => {
  const year = of.year === String(now.getFullYear()) ? "" : ` ${of.year}`;
  return `${of.weekday} ${of.day} ${of.month.slice(0, 3)}${year}`;
};

// ["Tue 24 Nov", "18:00–18:45"]
export const range = (start, end, zone, now) => {
  const [from, to] = [parts(start, zone), parts(end, zone)];
  const until = from.day === to.day ? "" : `${date(to, now)}, `;
  return [date(from, now), `${from.hour}:${from.minute}–${until}${to.hour}:${to.minute}`];
};

// ["Tue 24 Nov", "18:00"]
export const moment = (instant, zone, now) => {
  const of = parts(instant, zone);
  return [date(of, now), `${of.hour}:${of.minute}`];
};

// "Europe/Berlin" → "Berlin"
export const city = (zone) => zone.split("/").pop().replaceAll("_", " ");

// How many midnights of the zone lie between the two.
const days = (from, to, zone) => {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone }); // 2026-11-24
  return Math.round((Date.parse(day.format(to)) - Date.parse(day.format(from))) / 86400000);
};

// "in 3 days"; empty once it has begun. The same words as partials/sessions.html.
export const until = (instant, zone, now) => {
  const seconds = Math.floor((instant - now) / 1000);
  const count = days(now, instant, zone);
  if (seconds >= 129600 && count > 1) return `in ${count} days`;
  if (seconds >= 5400) return `in ${Math.round(seconds / 3600)} hours`;
  if (seconds >= 60) return `in ${Math.floor(seconds / 60)} min`;
  return "";
};
