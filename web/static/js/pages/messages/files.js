// Files beside the message that is being written: sent as soon as they are chosen, each with how far it is.

import { parsed, Refused, token } from "./asking.js";

const FILES = "/api/v1/message-files";

/** Sends a file and tells how much of it went; `signal` stops it. */
const upload = (path, file, { progress, signal }) => new Promise((done, failed) => {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", file);
  request.upload.addEventListener("progress", ({ loaded, total }) => progress(loaded / total));
  request.addEventListener("load", () => {
    const found = parsed(request.responseText);
    if (request.status < 400) done(found.data);
    else failed(new Refused(found));
  });
  request.addEventListener("error", () => failed(new Error("The connection is gone. Choose the file again.")));
  signal.addEventListener("abort", () => request.abort());
  request.open("POST", path);
  request.setRequestHeader("X-CSRF-Token", token);
  request.send(form);
});

const remove = (path) => fetch(path, { method: "DELETE", headers: { "X-CSRF-Token": token } });

const made = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const megabytes = (bytes) => (bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

/** @param {HTMLElement} list @param {(words: string) => void} say @param {{most: number, bytes: number}} limits */
export const filesIn = (list, say, { most, bytes }) => {
  const row = (file) => {
    const stop = new AbortController();
    const bar = made("progress", { max: 1, value: 0 });
    bar.setAttribute("aria-label", `${file.name}, sent so far`);
    const close = made("button", { type: "button", className: "icon-button", textContent: "×" });
    close.setAttribute("aria-label", `Leave out ${file.name}`);
    const words = made("span", { className: "grow" },
      made("span", { className: "chat-file-name", textContent: file.name }),
      made("span", { className: "tiny soft", textContent: megabytes(file.size) }));
    const item = made("li", { className: "chat-file" }, words, close, bar);
    close.addEventListener("click", () => {
      stop.abort();
      const kept = item.querySelector("[name=file_ids]")?.value;
      if (kept) remove(`${FILES}/${kept}`);
      item.remove();
    });
    return { item, bar, stop };
  };
  const send = async (file) => {
    const { item, bar, stop } = row(file);
    item.dataset.pending = "";
    list.append(item);
    try {
      const kept = await upload(FILES, file, { signal: stop.signal, progress: (share) => { bar.value = share; } });
      item.append(made("input", { type: "hidden", name: "file_ids", value: kept.id }));
      bar.remove();
    } catch (refused) {
      item.remove();
      say(`${file.name}: ${refused.message}`);
    }
    delete item.dataset.pending;
    list.dispatchEvent(new Event("settled"));
  };
  const take = (files) => {
    for (const file of files) {
      if (list.children.length >= most) say(`Send at most ${most} files with a message.`);
      else if (file.size > bytes) say(`${file.name} is too large. Choose one below ${Math.floor(bytes / 1048576)} MB.`);
      else send(file);
    }
  };
  return {
    take,
    settled: async () => {
      while (list.querySelector("[data-pending]")) await new Promise((done) => { list.addEventListener("settled", done, { once: true }); });
    },
  };
};
