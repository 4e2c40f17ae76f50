// The chat of the lesson beside its picture: lines come as the time passes. Who scrolls back is left in peace.

const NEAR_PX = 24; // of the end counts as being there

export const replayChat = (stage, player) => {
  const list = player.querySelector("[data-replay]");
  if (!list) return;
  const part = (name) => player.querySelector(`[data-${name}]`);
  const [pane, follow, whole, none] = [list.closest("[data-pane]"), part("follow"), part("whole"), part("none")];
  const everything = whole.querySelector("input");
  const lines = [...list.children].map((line) => ({ line, at: Number(line.dataset.at) / 1000 }));
  let [following, shown, ours] = [true, null, -1];

  // How far the chat has come is marked by its last line.
  const toNow = () => {
    const last = lines[shown - 1]?.line;
    const end = last ? last.offsetTop + last.offsetHeight + 8 - pane.clientHeight : 0;
    ours = pane.scrollTop = Math.min(Math.max(0, end), pane.scrollHeight - pane.clientHeight);
  };
  const setFollowing = (on) => {
    following = on;
    follow.hidden = on;
    if (on) toNow();
  };
  const show = (again = false) => {
    const now = stage.now + 0.25;
    const count = lines.findLastIndex(({ at }) => at <= now) + 1;
    if (count === shown && !again) return;
    shown = count;
    for (const [place, { line }] of lines.entries()) {
      line.hidden = place >= count && !everything.checked;
      line.classList.toggle("is-to-come", place >= count);
    }
    none.hidden = count > 0 || everything.checked;
    if (following) toNow();
  };
  const scrolled = () => {
    if (Math.abs(pane.scrollTop - ours) < 2) return; // it was us
    ours = -1;
    const last = lines[shown - 1]?.line;
    const end = last ? last.offsetTop + last.offsetHeight - pane.clientHeight : 0;
    const near = Math.abs(pane.scrollTop - Math.min(Math.max(0, end), pane.scrollHeight - pane.clientHeight)) < NEAR_PX;
    if (near !== following) setFollowing(near);
  };
  const pressed = (event) => {
    const line = event.target.closest("li");
    if (!line || event.target.closest("a") || String(getSelection())) return;
    stage.jump(Number(line.dataset.at) / 1000);
    setFollowing(true);
  };

  pane.addEventListener("scroll", scrolled);
  list.addEventListener("click", pressed);
  follow.addEventListener("click", () => setFollowing(true));
  everything.addEventListener("change", () => show(true));
  player.addEventListener("pane", () => { if (following) toNow(); });
  for (const event of ["timeupdate", "seeking"]) stage.media.addEventListener(event, () => show());
  whole.hidden = false;
  show(true);
};
