// A form with a file says how far it is and how long it still takes, and can be stopped. Without a script the browser
// sends it as any other form.

const SHOW_ESTIMATE_MS = 1000; // before that nobody knows

const seconds = (left) => (left > 90 ? `about ${Math.round(left / 60)} min left` : `about ${Math.ceil(left)} s left`);

// What the page that came back says of it.
const refusal = (html) =>
  new DOMParser().parseFromString(html, "text/html").querySelector("[data-error-summary] li")?.textContent.trim();

const send = (form) => {
  const [bar, words, estimate] = ["bar", "words", "estimate"].map((part) => form.querySelector(`[data-upload-${part}]`));
  const progress = form.querySelector("[data-upload-progress]");
  const say = (state, text) => {
    form.dataset.state = state;
    words.textContent = text;
    estimate.textContent = "";
  };
  const request = new XMLHttpRequest();
  const began = performance.now();
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    const passed = performance.now() - began;
    if (passed > SHOW_ESTIMATE_MS) estimate.textContent = seconds((passed / 1000) * (total / loaded - 1));
  });
  request.addEventListener("load", () => {
    if (request.status >= 400) say("failed", refusal(request.responseText) ?? "That did not work. Choose the file again.");
    else {
      bar.value = 100;
      say("done", "Sent.");
      form.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: request.responseText }));
    }
  });
  request.addEventListener("error", () => say("failed", "The connection is gone. Try again."));
  request.addEventListener("abort", () => say("stopped", "Stopped. Nothing was kept."));
  progress.hidden = false;
  say("sending", "Sending…");
  bar.value = 0;
  request.open("POST", form.action);
  request.send(new FormData(form));
  return request;
};

const wire = (form) => {
  let request = null;
  form.querySelector("[data-upload-stop]").addEventListener("click", () => request?.abort());
  form.querySelector("[type=file]").addEventListener("change", (event) => {
    if (!event.target.files.length) return;
    request?.abort();
    request = send(form);
    event.target.value = "";
  });
};

export const followUploads = () => document.querySelectorAll("form[data-upload]").forEach(wire);
