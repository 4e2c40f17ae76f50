// Toasts of every tone, when asked for.

import { toast } from "../../lib/toast.js";

for (const button of document.querySelectorAll("[data-toast]")) {
  button.addEventListener("click", () => toast(button.dataset.toast, button.dataset.tone));
}
