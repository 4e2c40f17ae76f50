// The chapter that is shown is marked, in the list and for who hears the page.

export const followChapters = (stage, player) => {
  const links = [...player.querySelectorAll(".chapters [data-jump]")];
  let current = null;
  const mark = () => {
    const now = links.filter((link) => Number(link.dataset.jump) / 1000 <= stage.now + 0.25).at(-1) ?? null;
    if (now === current) return;
    current?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    current = now;
    const pane = now?.closest("[data-pane]");
    if (!pane || pane.hidden || pane.matches(":hover, :focus-within")) return; // somebody is looking through it
    pane.scrollTop = now.offsetTop - pane.clientHeight / 2;
  };
  for (const event of ["timeupdate", "seeking"]) stage.media.addEventListener(event, mark);
  mark();
};
