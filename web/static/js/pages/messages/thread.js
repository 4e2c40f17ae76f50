// A conversation as it happens. What is new is read by number: nothing is missed, and nothing comes twice.

import { closeMenus } from "../../behaviours/menus.js";
import { post, Refused } from "./asking.js";
import { keepRows } from "./rows.js";

const TYPING_EVERY_MS = 3000;
const TYPING_STAYS_MS = 5000;
const NEAR_PX = 120; // reading the newest

const chat = document.querySelector("[data-chat]");
const part = (name) => document.querySelector(`[data-chat-${name}]`);
const { chat: path, api, me, zone, newest } = chat.dataset;
const [scroll, lines, state, form] = ["scroll", "lines", "state", "form"].map(part);
const messages = chat.dataset.session ? `${api}/messages` : api; // what reading and typing stand below
const usual = state.textContent;

const lastSeq = () => Number([...lines.querySelectorAll("[data-seq]")].at(-1)?.dataset.seq ?? 0);
const atEnd = () => scroll.scrollTop > -NEAR_PX; // the end is 0
const toEnd = () => { scroll.scrollTop = 0; };

// --- what is new

let asking = Promise.resolve();
let told = lastSeq();

const fetchNew = async () => {
  const near = atEnd();
  const answer = await fetch(`${path}?part=lines&after=${lastSeq()}`);
  if (!answer.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  const mine = fresh.content.querySelector(".mine");
  if (!fresh.content.querySelector("[data-seq]")) return;
  part("empty")?.remove();
  part("read")?.setAttribute("hidden", "");
  lines.append(fresh.content);
  closeMenus();
  if (near || mine) toEnd();
};
const refresh = () => {
  asking = asking.then(fetchNew).then(tellRead).catch(() => {});
  return asking;
};

const tellRead = async () => {
  const seq = lastSeq();
  if (document.visibilityState !== "visible" || seq <= told) return;
  told = seq;
  await post(`${messages}/read`, { seq });
};

// --- what others do

let forget = 0;
const showTyping = (name) => {
  state.textContent = `${name} is writing…`;
  clearTimeout(forget);
  forget = setTimeout(stopTyping, TYPING_STAYS_MS);
};
const stopTyping = () => {
  clearTimeout(forget);
  state.textContent = usual;
};

const showRead = (seq, at) => {
  const last = [...lines.querySelectorAll("[data-seq]")].at(-1);
  const line = part("read");
  if (!line || !last?.classList.contains("mine") || Number(last.dataset.seq) > seq) return;
  const words = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
  part("read-at").textContent = words.format(new Date(at));
  line.hidden = false;
};

const showRemoved = (seq) => {
  const line = lines.querySelector(`[data-seq="${seq}"]`);
  line?.querySelector(".chat-more")?.remove();
  line?.querySelector(".chat-body").replaceChildren("Message removed");
};

const hear = ({ detail }) => {
  if (detail.type === "resync") refresh();
  if (detail.path !== path) return;
  if (detail.type === "message") {
    if (detail.message.sender.username !== me) stopTyping();
    refresh();
  } else if (detail.type === "message-read" && detail.reader !== me) asking.then(() => showRead(detail.seq, detail.at));
  else if (detail.type === "message-removed") showRemoved(detail.seq);
  else if (detail.type === "message-typing") showTyping(detail.name);
};

// --- writing

const error = part("error");
const newKey = () => `${Date.now()}-${Math.random()}`;
const say = (words) => {
  const line = Object.assign(document.createElement("p"), { className: "error", textContent: words });
  line.setAttribute("role", "alert");
  error.replaceChildren(line);
};

const wireForm = () => {
  const [text, key, anyway] = [form.elements.text, form.elements.client_key, part("anyway")];
  const [input, chosen] = [part("files"), part("chosen")];
  let files = null; // its script comes with the first file
  const take = async (picked) => {
    if (!picked.length) return;
    files ??= import("./files.js").then(({ filesIn }) => filesIn(chosen, say, {
      most: Number(chat.dataset.mostFiles), bytes: Number(chat.dataset.mostBytes),
    }));
    (await files).take(picked);
  };
  let typed = -Infinity;
  let queue = Promise.resolve();

  const send = async () => {
    await (await files)?.settled();
    const ids = [...chosen.querySelectorAll("[name=file_ids]")].map(({ value }) => value);
    const words = text.value;
    if (!words.trim() && !ids.length) return;
    await post(`${api}/messages`, {
      text: words, files: ids, client_key: key.value, acknowledged: form.elements.acknowledged.checked,
    });
    if (text.value.startsWith(words)) text.value = text.value.slice(words.length); // and not what came after
    key.value = newKey();
    form.elements.acknowledged.checked = false;
    chosen.replaceChildren();
    error.replaceChildren();
    anyway.hidden = true;
    refresh().then(toEnd);
  };
  const failed = (refused) => {
    say(refused instanceof Refused ? refused.message : "The connection is gone. Try again.");
    anyway.hidden = refused.code !== "contact_data" && anyway.hidden;
  };
  const trySend = () => { queue = queue.then(send).catch(failed); };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    trySend();
  });
  text.addEventListener("keydown", (event) => {
    const plain = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!plain || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    trySend();
  });
  text.addEventListener("input", () => {
    if (!text.value || performance.now() - typed < TYPING_EVERY_MS) return;
    typed = performance.now();
    post(`${messages}/typing`, {}).catch(() => {});
  });
  text.addEventListener("paste", (event) => take([...event.clipboardData.files]));
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
};

keepRows(path);
if (newest) {
  document.addEventListener("news", hear);
  document.addEventListener("visibilitychange", () => { asking = asking.then(tellRead).catch(() => {}); });
}
if (form) wireForm();
