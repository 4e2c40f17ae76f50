// Show or hide what was typed into a password field.

export const showPasswords = () => {
  for (const box of document.querySelectorAll("[data-reveal]")) {
    const [input, button] = [box.querySelector("input"), box.querySelector("button")];
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
    });
    input.form.addEventListener("submit", () => {
      input.type = "password";
    });
  }
};
