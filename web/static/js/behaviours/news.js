// Hears of notifications as they come: keeps the count in the header right, and says new ones politely.
// Other scripts hear what else is said on the same socket as `news` events of the document.

import { toast } from "../lib/toast.js";

const FIRST_RETRY_MS = 500; // a restarted server is back within a second
const LONGEST_RETRY_MS = 30_000;
const MOST_SAID = 3; // of what is caught up at once; the rest is in the count
const FINAL = new Set([4401, 4403]); // not signed in any more, or not from here

class News {
  #socket = null;
  #attempt = 0;
  #retry = 0;
  #last = ""; // the id of the newest notification that we know
  #said = 0;
  #over = false;

  open() {
    clearTimeout(this.#retry);
    if (this.#over || this.#socket) return;
    const url = new URL(`/ws/notifications/${this.#last ? `?after=${this.#last}` : ""}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => this.#closed(socket, code));
  }

  // A page that the browser keeps for the way back must not keep a socket.
  pause() {
    this.#socket?.close();
    this.#socket = null;
    clearTimeout(this.#retry);
  }

  #hear(message) {
    const back = this.#attempt > 0;
    this.#attempt = 0;
    if (message.type === "unread") {
      this.#last = message.last ?? this.#last;
      this.#said = 0;
      showUnread(message.count);
    } else if (message.type === "notification") {
      this.#last = message.notification.id;
      this.#said += 1;
      if (this.#said <= MOST_SAID && !isOpen(message.notification.path)) toast(message.notification.text, "", message.notification.path);
    }
    announce(message);
    if (back) announce({ type: "resync" });
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    if (FINAL.has(code)) {
      this.#over = true;
      return;
    }
    this.#attempt += 1;
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#attempt - 1));
    this.#retry = setTimeout(() => this.open(), longest * (0.5 + Math.random() / 2));
  }
}

// What the page in front of the reader shows by itself needs no further word.
const isOpen = (path) => path === location.pathname && document.visibilityState === "visible";

const announce = (message) => document.dispatchEvent(new CustomEvent("news", { detail: message }));

const showUnread = (count) => {
  for (const badge of document.querySelectorAll("[data-unread]")) {
    badge.hidden = count === 0;
    badge.querySelector("[data-unread-count]").textContent = count < 100 ? count : "99+";
  }
};

// Following a notification reads it; without a script there is a button for that.
const readFollowed = () => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[data-notification]");
    if (!link) return;
    fetch("/api/v1/notifications/read", {
      method: "POST",
      keepalive: true, // the page is about to go away
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify({ ids: link.dataset.notification.split(" ") }),
    });
  });
};

export const followNews = () => {
  if (!document.querySelector("[data-bell]")) return;
  const news = new News();
  news.open();
  addEventListener("online", () => news.open());
  addEventListener("pagehide", () => news.pause());
  addEventListener("pageshow", () => news.open());
  readFollowed();
};
