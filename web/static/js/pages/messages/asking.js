// Asks the API as this page's person. A refusal is thrown with its words and its code.

const token = document.querySelector('meta[name="csrf-token"]').content;

export class Refused extends Error {
  constructor(body) {
    const [first] = Object.values(body?.error?.fields ?? {}).filter((text) => text !== body.error.code);
    super(first ?? body?.message ?? "That did not work. Try again.");
    this.code = body?.error?.code ?? "";
  }
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export const post = async (path, body) => {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(body),
  });
  const found = parsed(await answer.text());
  if (!answer.ok) throw new Refused(found);
  return found.data;
};

/** Sends a file and tells how much of it went; `signal` stops it. */
export const upload = (path, file, { progress, signal }) => new Promise((done, failed) => {
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

export const remove = (path) => fetch(path, { method: "DELETE", headers: { "X-CSRF-Token": token } });
