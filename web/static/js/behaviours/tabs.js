// Rows of tabs that are wider than the screen begin where the current one is.

export function showCurrentTabs() {
  for (const current of document.querySelectorAll(".tabs [aria-current], .edit-tabs [aria-current]")) {
    const row = current.parentElement;
    row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
  }
}
