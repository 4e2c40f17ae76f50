/**
 * How everybody takes part: the talk ratio, quiet people and who was lost, for those who lead; for all
 * others what is measured of them. The server's figures alone.
 */

import { leads } from "../../../room/conduct.js";
import { make, part, say } from "./dom.js";

/** @typedef {import("../../../room/messages.js").PersonsPart} PersonsPart */

const MINUTE_MS = 60_000;
const QUIET_AFTER_MS = 8 * MINUTE_MS; // somebody who has just come has not had their turn
const QUIET_SHARE = 0.02;
const MUCH = 0.7; // of all that is said, by those who lead, from which on learners get few words in
const ENOUGH_MS = 2 * MINUTE_MS; // said in all, before a ratio means something

/** @param {import("../../../room/call.js").Call} call @param {import("./extras.js").Tools} tools */
export function startPulse(call, tools) {
  if (!tools.panels.has("pulse")) return;
  let pulse = null;
  const draw = () => pulse && call.state.self && show(call.state, pulse);
  call.onMessage((message) => {
    if (message.type !== "pulse") return;
    pulse = message;
    if (tools.panels.open === "pulse") draw();
  });
  tools.panels.onChange((open) => open === "pulse" && draw());
}

function show(state, pulse) {
  const lead = leads(state.self);
  say(part("pulse-title"), lead ? "How the lesson goes" : "What is measured about you");
  part("pulse-wait").hidden = true;
  part("pulse-all").hidden = !lead;
  part("pulse-own").hidden = lead;
  if (lead) showAll(state, pulse);
  else showOwn(pulse);
}

function showAll(state, pulse) {
  const people = pulse.people.map((one) => ({ ...one, who: personOf(state, one.participant) }));
  const here = people.filter((one) => one.who);
  showRatio(people, people.filter((one) => one.participant === state.self.id || leads(one.who)));
  showLost(pulse.lost);
  showQuiet(here.filter((one) => !leads(one.who)).filter(isQuiet).map((one) => one.who.name));
  const total = sum(people);
  const order = here.toSorted((one, other) => other.talk_ms - one.talk_ms);
  part("pulse-people").replaceChildren(...order.map((one) => row(one, total, state.self.id)));
}

function personOf(state, id) {
  return id === state.self.id ? state.self : state.others.get(id);
}

/** @param {PersonsPart[]} people */
const sum = (people) => people.reduce((total, one) => total + one.talk_ms, 0);

function showRatio(people, leading) {
  const total = sum(people);
  const lead = total ? Math.round((100 * sum(leading)) / total) : 0;
  part("pulse-you").setAttribute("width", String(lead));
  part("pulse-others").setAttribute("x", String(lead));
  part("pulse-others").setAttribute("width", String(total ? 100 - lead : 0));
  const you = leading.length > 1 ? "You and co-hosts" : "You";
  say(part("pulse-ratio"), total ? `${you} ${lead} %, learners ${100 - lead} %` : "Nobody has said anything yet.");
  say(part("pulse-hint"), hint(total, lead / 100));
}

function hint(total, lead) {
  if (total < ENOUGH_MS) return "";
  if (lead > MUCH) return "An open question now gives learners the word.";
  return "Learners have their share of the talk.";
}

function showLost(count) {
  const place = part("pulse-lost");
  place.hidden = !count;
  say(place.querySelector("[data-words]"), `“Lost me” was pressed ${count === 1 ? "once" : `${count} times`} so far.`);
}

/** @param {PersonsPart} one */
function isQuiet(one) {
  const done = one.hands + one.lines + one.votes + one.reactions;
  return one.present_ms > QUIET_AFTER_MS && !done && one.talk_ms < QUIET_SHARE * one.present_ms;
}

function showQuiet(names) {
  const place = part("pulse-quiet");
  place.hidden = !names.length;
  const who = names.length > 3 ? `${names.length} people have` : `${listed(names)} ${names.length > 1 ? "have" : "has"}`;
  say(place.querySelector("[data-words]"), `${who} been quiet so far. A question by name, or a poll, often helps.`);
}

const listed = (names) => new Intl.ListFormat("en").format(names);

function row(one, total, self) {
  const share = total ? Math.round((100 * one.talk_ms) / total) : 0;
  const name = one.participant === self ? `${one.who.name} (you)` : one.who.name;
  const bar = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of [["class", "pulse-bar"], ["viewBox", "0 0 100 8"], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) bar.setAttribute(key, value);
  bar.append(rect("pulse-rest", 100), rect(leads(one.who) ? "pulse-you" : "pulse-others", share));
  return make(
    "li",
    {},
    make("span", { className: "pulse-name" }, name),
    make("span", { className: "pulse-share" }, `${share} %`),
    bar,
    make("span", { className: "tiny soft" }, facts(one)),
  );
}

function rect(className, width) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [key, value] of [["class", className], ["width", width], ["height", 8]]) shape.setAttribute(key, String(value));
  return shape;
}

/** What is not nothing, in words. */
function facts(one) {
  const counts = [
    [one.hands, "hand", "hands"], [one.lines, "line", "lines"], [one.votes, "vote", "votes"], [one.reactions, "reaction", "reactions"],
  ];
  const done = counts.filter(([count]) => count).map(([count, single, many]) => `${count} ${count === 1 ? single : many}`);
  return [`talked ${span(one.talk_ms)} of ${span(one.present_ms)}`, ...done].join(" · ");
}

function span(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

function showOwn(pulse) {
  const [own] = pulse.people;
  if (!own) return;
  const lines = [
    ["You talked", span(own.talk_ms)], ["You are here", span(own.present_ms)], ["Hands raised", own.hands],
    ["Lines in the chat", own.lines], ["Votes", own.votes], ["Reactions", own.reactions], ["“Lost me”", pulse.lost],
  ];
  part("pulse-own").replaceChildren(
    ...lines.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value)))),
  );
}
