// One picture at a time, and every voice with it: each track begins at its own place on the recording's time line.

const APART_S = 0.15; // a voice this far off is put right; less is not heard

const stage = document.querySelector("[data-stage]");
const voices = [...document.querySelectorAll("[data-voice]")].filter((voice) => voice !== stage);
const startOf = (element) => Number(element.dataset.start) / 1000;
const instant = () => stage.currentTime + startOf(stage);

const follow = (voice) => {
  const wanted = instant() - startOf(voice);
  const there = wanted >= 0 && !(wanted > voice.duration);
  if (!there || stage.paused || stage.seeking || stage.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) voice.pause();
  if (!there) return;
  if (Math.abs(voice.currentTime - wanted) > APART_S) voice.currentTime = wanted;
  [voice.playbackRate, voice.volume, voice.muted] = [stage.playbackRate, stage.volume, stage.muted];
  if (!stage.paused && !stage.seeking && voice.paused) voice.play().catch(() => {}); // it may be paused again meanwhile
};
const followAll = () => voices.forEach(follow);

const show = (button) => {
  const [now, playing] = [instant(), !stage.paused];
  for (const other of document.querySelectorAll("[data-picture]")) other.setAttribute("aria-pressed", String(other === button));
  stage.dataset.start = button.dataset.start;
  stage.src = button.dataset.picture;
  stage.setAttribute("aria-label", button.textContent.trim());
  stage.addEventListener("loadedmetadata", () => {
    stage.currentTime = Math.max(0, now - startOf(stage));
    if (playing) stage.play();
  }, { once: true });
};

if (stage) {
  for (const event of ["play", "playing", "pause", "seeking", "seeked", "waiting", "ratechange", "volumechange", "timeupdate", "ended"]) {
    stage.addEventListener(event, followAll);
  }
  for (const button of document.querySelectorAll("[data-picture]")) button.addEventListener("click", () => show(button));
}
