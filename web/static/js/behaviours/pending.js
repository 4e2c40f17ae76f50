// A form under way says so and is not sent twice.

const begin = (form, button) => {
  form.dataset.sent = "yes";
  if (!button?.dataset.pending) return;
  const words = button.querySelector("span") ?? button;
  button.dataset.words = words.textContent;
  words.textContent = button.dataset.pending;
  button.setAttribute("aria-busy", "true");
};

// The page may come back from the browser's memory.
const restore = () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[data-words]")) {
    button.removeAttribute("aria-busy");
    (button.querySelector("span") ?? button).textContent = button.dataset.words;
  }
};

export const showPending = () => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    else if (form.method === "post") begin(form, event.submitter);
  });
  addEventListener("pageshow", restore);
};
