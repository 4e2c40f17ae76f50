/** One line of chat as an element: who, when, to whom, what it answers, text with links, files. */

import { avatar, icon, make } from "./dom.js";
import { clockTime } from "./words.js";

/** @typedef {import("../../../room/messages.js").ChatLine} ChatLine */

export const SAME_BREATH_MS = 3 * 60_000; // lines of one person within it share a heading
const LINK = /https?:\/\/[^\s<>"]+/gi;
const TRAILING = /[.,;:!?'”’)\]}]+$/; // belongs to the sentence, not to the address
const QUOTED = 120; // characters of the line that is answered
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
export const OWN_REMOVABLE_MS = 10 * 60_000;

/** Text with its web addresses as links. Everything else stays text. @returns {(string|Node)[]} */
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(TRAILING, "");
    if (!URL.canParse(address)) continue;
    nodes.push(text.slice(from, match.index), link(address));
    from = match.index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

function link(address) {
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address);
}

/** Whether a text calls that person: "@Ana" or "@Ana Ruiz". */
export function mentions(text, name) {
  const words = text.toLowerCase();
  const [first] = name.toLowerCase().split(/\s+/);
  const at = words.indexOf(`@${first}`);
  return at >= 0 && !/[\p{L}\p{N}]/u.test(words[at + first.length + 1] ?? "");
}

const UNITS = ["bytes", "kB", "MB", "GB"];

/** "2.4 MB" */
export function sizeWords(bytes) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${power && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

/** @param {import("../../../room/messages.js").ChatFile} file */
function attached(file) {
  const size = sizeWords(file.size);
  const own = URL.canParse(file.url, location.href) && new URL(file.url, location.href).origin === location.origin;
  const href = own ? file.url : "#";
  if (own && PICTURES.has(file.media_type)) {
    const picture = make("img", { className: "line-picture", src: file.url, alt: file.name, loading: "lazy" });
    return make("a", { className: "line-image", href, target: "_blank", rel: "noopener" }, picture,
      make("span", { className: "tiny soft" }, `${file.name}, ${size}`));
  }
  return make("a", { className: "line-file", href, download: file.name }, icon("download"),
    make("span", { className: "line-file-name" }, file.name), make("span", { className: "tiny soft" }, size));
}

function quote(answered, nameOf) {
  if (!answered) return make("p", { className: "line-quote tiny" }, "An earlier message");
  const text = answered.removed ? "This message was removed" : answered.text || "A file";
  const short = text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
  return make("p", { className: "line-quote tiny" }, make("strong", {}, nameOf(answered)), ` ${short}`);
}

/** "only you see this", "to Maya only" */
function privacy(line, me, nameOfId) {
  if (!line.to) return null;
  const words = line.from === me ? `Only ${nameOfId(line.to)} sees this` : "Only you see this";
  return make("p", { className: "line-private tiny" }, icon("lock"), words);
}

/**
 * @param {ChatLine} line @param {ChatLine|undefined} before
 * @param {{me: string, mayRemoveAll: boolean, find: (id: string) => ChatLine|undefined, nameOf: (id: string) => string, ownName: string}} room
 */
export function lineElement(line, before, room) {
  const mine = line.from === room.me;
  const at = new Date(line.at);
  const goesOn = before?.from === line.from && before.to === line.to && !line.reply_to &&
    at.getTime() - new Date(before.at).getTime() < SAME_BREATH_MS;
  const who = (one) => (one.from === room.me ? "You" : one.name);
  const head = make("p", { className: goesOn ? "line-head visually-hidden" : "line-head" },
    make("strong", {}, who(line)), " ", make("time", { className: "tiny soft", dateTime: line.at }, clockTime(at)));
  const classes = ["line", goesOn && "goes-on", mine && "mine", line.to && "private", !mine && mentions(line.text, room.ownName) && "mention"];
  const body = line.removed
    ? [make("p", { className: "line-text soft" }, "This message was removed.")]
    : content(line, room, who);
  return make("div", { className: classes.filter(Boolean).join(" "), data: { line: line.id } }, goesOn ? null : face(line), head, ...body, line.removed ? null : tools(line, mine, room));
}

function face(line) {
  return make("span", { className: "line-face" }, avatar(line.name));
}

function content(line, room, who) {
  return [
    privacy(line, room.me, room.nameOf),
    line.reply_to ? quote(room.find(line.reply_to), who) : null,
    line.text ? make("p", { className: "line-text" }, ...linked(line.text)) : null,
    ...(line.files ?? []).map(attached),
  ];
}

/** Reply and remove, beside the line. */
function tools(line, mine, room) {
  const who = mine ? "your message" : `${line.name}’s message`;
  const button = (action, picture, words) =>
    make("button", { className: "line-tool", type: "button", data: { action, line: line.id }, title: words, "aria-label": `${words}: ${who}` }, icon(picture));
  const fresh = mine && Date.now() - Date.parse(line.at) < OWN_REMOVABLE_MS;
  return make("span", { className: "line-tools" },
    button("reply", "reply", "Reply"),
    room.mayRemoveAll || fresh ? button("line-remove", "trash", "Remove") : null);
}

/** A line of ours on its way, or one that did not get through. */
export function pendingElement(line, again) {
  const text = make("p", { className: "line-text" }, ...linked(line.text));
  const files = (line.files ?? []).map((file) => make("p", { className: "tiny soft" }, file.name));
  if (!line.failed) return make("div", { className: "line mine pending" }, text, ...files);
  const button = make("button", { className: "button button-plain button-small", type: "button" }, "Send again");
  button.addEventListener("click", again);
  return make("div", { className: "line mine failed" }, text, ...files, make("p", { className: "tiny" }, "Not sent. ", button));
}
