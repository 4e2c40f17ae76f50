// A sheet opens by its address (#filters) without a script; here it also keeps the keyboard and closes by Escape.

export const openSheets = () => {
  for (const sheet of document.querySelectorAll("[data-sheet]")) {
    const opener = document.querySelector(`[data-sheet-open="${sheet.id}"]`);
    if (!opener) continue;
    const outside = () => [...document.querySelectorAll("body *")].filter(
      (element) => !element.contains(sheet) && !sheet.contains(element) && element.parentElement.contains(sheet),
    );
    const toggle = (open) => {
      sheet.classList.toggle("is-open", open);
      for (const element of outside()) element.inert = open;
      (open ? sheet.querySelector("input, select") : opener).focus();
    };
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      toggle(true);
    });
    sheet.querySelector("[data-sheet-close]").addEventListener("click", (event) => {
      if (!sheet.classList.contains("is-open")) return;
      event.preventDefault();
      toggle(false);
    });
    sheet.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && sheet.classList.contains("is-open")) toggle(false);
    });
    matchMedia("(width >= 48rem)").addEventListener("change", () => {
      if (sheet.classList.contains("is-open")) toggle(false);
    });
  }
};
