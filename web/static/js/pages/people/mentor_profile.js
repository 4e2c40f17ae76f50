// What is written at the left stands at the right at once, as learners will read it.

for (const shown of document.querySelectorAll("[data-preview]")) {
  const field = document.getElementById(shown.dataset.preview);
  const nothingYet = shown.textContent;
  field.addEventListener("input", () => {
    shown.textContent = field.value.trim() || nothingYet;
  });
}
