// A dialog opens by its address (#name) without a script; here it is modal, closes by Escape or by a click beside it,
// and the browser gives the focus back to what opened it.

const wire = (dialog) => {
  for (const opener of document.querySelectorAll(`[data-dialog-open="${dialog.id}"]`)) {
    opener.setAttribute("aria-haspopup", "dialog");
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
  }
  for (const closer of dialog.querySelectorAll("[data-dialog-close]")) {
    closer.addEventListener("click", (event) => {
      if (!dialog.open) return;
      event.preventDefault();
      dialog.close();
    });
  }
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop: everything else stands inside
  });
};

export const openDialogs = () => document.querySelectorAll("dialog[id]").forEach(wire);
