// `data-copy` holds what a button copies, `data-copied` what is said then.

import { toast } from "../lib/toast.js";

export const copyLinks = () => {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        toast(button.dataset.copied ?? "The link is copied.");
      } catch {
        toast(`Copy it by hand: ${button.dataset.copy}`, "bad");
      }
    });
  }
};
