// Keeps the seats of a session right while somebody looks at it. Without this the page says what was so when it
// was loaded; when the socket is away it says the same, and tries again, ever more rarely.

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const FINAL = new Set([1008, 4403, 4404, 4410, 4429]); // over, not for us, or too many of us
const NEW_MS = 1_200;

const box = document.querySelector("[data-seats]");
const note = document.querySelector("[data-seats-news]");
const seenFull = () => box.dataset.full === "true";
box.dataset.full = String(/^\s*Full/.test(box.textContent));

const words = ({ taken, capacity }) => {
  if (taken >= capacity) return "Full";
  return capacity === 1 ? "One to one" : `${capacity - taken} of ${capacity} seats left`;
};

const dots = (row, { taken, capacity }) => {
  if (!row) return;
  row.replaceChildren(...Array.from({ length: capacity }, (_, seat) => {
    const dot = document.createElement("i");
    dot.classList.toggle("taken", seat < taken);
    return dot;
  }));
};

// What the buttons beside rest on is the server's to say anew.
const changed = ({ taken, capacity, status }) => {
  if (status !== box.dataset.status) return status === "live" ? "The lesson has begun." : "This session has changed.";
  if (taken >= capacity && !seenFull()) return "The last seat was taken just now.";
  if (taken < capacity && seenFull()) return "A seat is free now.";
  return "";
};

const show = (count) => {
  const text = box.querySelector(".seats > span:last-child");
  if (text.textContent !== words(count)) {
    text.textContent = words(count);
    dots(box.querySelector(".seat-dots"), count);
    box.classList.add("is-new");
    setTimeout(() => box.classList.remove("is-new"), NEW_MS);
  }
  const said = changed(count);
  note.querySelector("[data-seats-words]").textContent = said;
  note.hidden = !said;
};

let socket = null;
let attempt = 0;
let due = 0;
let over = false;

const open = () => {
  clearTimeout(due);
  if (over || socket || document.hidden) return;
  const url = new URL(`/ws/sessions/${box.dataset.seats}/seats/`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const mine = new WebSocket(url);
  socket = mine;
  mine.addEventListener("message", ({ data }) => {
    attempt = 0;
    const said = JSON.parse(data);
    if (said.type === "seats") show(said);
  });
  mine.addEventListener("close", ({ code }) => {
    if (mine !== socket) return;
    socket = null;
    over = FINAL.has(code);
    attempt += 1;
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
    if (!over) due = setTimeout(open, longest * (0.5 + Math.random() / 2));
  });
};

// A page in the background, or kept for the way back, needs no socket: it looks again when it is looked at.
const pause = () => {
  clearTimeout(due);
  socket?.close();
  socket = null;
};

open();
addEventListener("online", open);
addEventListener("pageshow", open);
addEventListener("pagehide", pause);
document.addEventListener("visibilitychange", () => (document.hidden ? pause() : open()));
