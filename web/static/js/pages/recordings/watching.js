// Tells the server how far one is, and how much was really played: at a pause, every 15 s of play, and on leaving.

const EVERY_MS = 15_000;
const STEP_S = 3; // the time goes on by less than this between two looks at it; more is a jump

/** @param stage of film.js or tracks.js @returns a function that reports for the last time and stops */
export const reportWatching = (stage, address) => {
  const { media } = stage;
  const token = document.querySelector('meta[name="csrf-token"]').content;
  let [last, played, told, timer, gone] = [null, 0, -1, 0, false];

  const count = () => {
    const now = stage.now;
    const step = last === null ? 0 : now - last;
    if (step > 0 && step < STEP_S) played += step;
    last = media.seeking || media.paused ? null : now;
  };

  const report = async () => {
    const [position, watched] = [Math.round(stage.now * 1000), Math.round(played * 1000)];
    if (gone || !stage.touched || (!watched && position === told)) return;
    [played, told] = [0, position];
    try {
      const answer = await fetch(address, {
        method: "POST",
        keepalive: true, // it is said also while the page goes away
        headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
        body: JSON.stringify({ position_ms: position, watched_ms: watched }),
      });
      gone = answer.status === 401 || answer.status === 404;
    } catch {
      [played, told] = [played + watched / 1000, -1]; // offline: the next one says it
    }
  };

  const stop = () => { clearInterval(timer); timer = 0; };
  const left = () => { if (document.visibilityState === "hidden" && !media.paused) { count(); report(); } };
  const leave = () => { count(); report(); };
  media.addEventListener("timeupdate", count);
  media.addEventListener("seeking", () => { last = null; });
  media.addEventListener("playing", () => { last = stage.now; timer ||= setInterval(report, EVERY_MS); });
  media.addEventListener("pause", () => { count(); stop(); report(); });
  document.addEventListener("visibilitychange", left);
  addEventListener("pagehide", leave);
  return () => {
    leave();
    stop();
    document.removeEventListener("visibilitychange", left);
    removeEventListener("pagehide", leave);
    media.pause();
  };
};
