/** Files that go with the line that is being written: chosen, dropped or pasted, uploaded at once. */

import { sizeWords } from "./chat_line.js";
import { icon, make, part, say } from "./dom.js";

const MOST = 5; // of one line; the server's limit
const FAILED = "It could not be sent up. Try again in a moment.";

/** @typedef {{key: string, name: string, size: number, share: number, error: string, request: XMLHttpRequest,
 *   done: import("../../../room/messages.js").ChatFile|null}} Upload */

export class Files {
  #page;
  #changed;
  /** @type {Upload[]} */
  #uploads = [];
  #box = part("chat-files");
  #input = part("chat-file");
  #keys = 0;

  /** @param {{session: string, csrf: string}} page @param {() => void} changed */
  constructor(page, changed) {
    this.#page = page;
    this.#changed = changed;
    this.#input.addEventListener("change", () => {
      this.#take(this.#input.files);
      this.#input.value = "";
    });
    const panel = part("panel", "chat");
    panel.addEventListener("dragover", (event) => this.#over(event, true));
    panel.addEventListener("dragleave", (event) => this.#over(event, false));
    panel.addEventListener("drop", (event) => {
      this.#over(event, false);
      this.#take(event.dataTransfer.files);
    });
    panel.addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length) event.preventDefault();
      this.#take(event.clipboardData?.files ?? []);
    });
  }

  /** Those that the server has. */
  get ready() {
    return this.#uploads.map(({ done }) => done).filter((file) => file !== null);
  }

  get busy() {
    return this.#uploads.some(({ done, error }) => !done && !error);
  }

  choose() {
    this.#input.click();
  }

  drop(key) {
    const upload = this.#uploads.find((one) => one.key === key);
    upload?.request.abort();
    this.#uploads = this.#uploads.filter((one) => one !== upload);
    this.#show();
  }

  clear() {
    this.#uploads = [];
    this.#show();
  }

  #over(event, on) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    part("panel", "chat").classList.toggle("dropping", on);
  }

  #take(files) {
    const room = MOST - this.#uploads.length;
    for (const file of [...files].slice(0, room)) this.#send(file);
    if (files.length > room) say(part("chat-count"), `At most ${MOST} files go with one message.`);
  }

  #send(file) {
    const request = new XMLHttpRequest(); // fetch tells nothing of what has gone up
    /** @type {Upload} */
    const upload = { key: String(++this.#keys), name: file.name || "picture.png", size: file.size, share: 0, error: "", request, done: null };
    const form = new FormData();
    form.append("file", file, upload.name);
    request.upload.onprogress = ({ loaded, total }) => this.#set(upload, { share: loaded / total });
    request.onload = () => this.#answered(upload);
    request.onerror = () => this.#set(upload, { error: FAILED });
    request.open("POST", `/api/v1/sessions/${this.#page.session}/room/files`);
    request.setRequestHeader("X-CSRF-Token", this.#page.csrf);
    request.responseType = "json";
    request.send(form);
    this.#uploads.push(upload);
    this.#show();
  }

  #answered(upload) {
    const { status, response } = upload.request;
    const found = response?.data ?? response;
    if (status < 300 && found?.id) this.#set(upload, { done: found, share: 1 });
    else this.#set(upload, { error: response?.message || FAILED });
  }

  #set(upload, fields) {
    Object.assign(upload, fields);
    this.#show();
  }

  #show() {
    this.#box.hidden = !this.#uploads.length;
    this.#box.replaceChildren(...this.#uploads.map((upload) => this.#card(upload)));
    this.#changed();
  }

  #card({ key, name, size, share, error, done }) {
    const state = error || (done ? sizeWords(size) : `${Math.round(share * 100)} %`);
    const bar = done || error ? null : make("progress", { value: share, max: 1, "aria-label": `${name} on its way up` });
    return make("li", { className: `chat-upload${error ? " failed" : ""}` },
      icon(done ? "check" : error ? "alert" : "file"),
      make("span", { className: "line-file-name" }, name), make("span", { className: "tiny soft" }, state), bar,
      make("button", { className: "icon-button", type: "button", data: { action: "file-drop", key } }, icon("close", `Take ${name} away`)));
  }
}
