// Chapters and chat: one below the other without a script, tabs with one.

export const showTabs = (player) => {
  const list = player.querySelector("[data-tabs]");
  const tabs = [...list.querySelectorAll("a")];
  const paneOf = (tab) => player.querySelector(tab.getAttribute("href"));

  const show = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      paneOf(tab).hidden = tab !== chosen;
    }
    player.dispatchEvent(new CustomEvent("pane"));
  };
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Beside the film");
  for (const [place, tab] of tabs.entries()) {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", paneOf(tab).id);
    paneOf(tab).setAttribute("role", "tabpanel");
    paneOf(tab).setAttribute("aria-labelledby", tab.id);
    paneOf(tab).tabIndex = 0; // it scrolls
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      show(tab);
    });
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation(); // the arrows are the film's elsewhere
      const next = tabs.at((place + step) % tabs.length);
      show(next);
      next.focus();
    });
  }
  list.hidden = false;
  show(tabs[0]);
};
