// One picture at a time, and every voice with it: each track begins at its own place on the recording's time line.

const APART_S = 0.15; // a voice this far off is put right; less is not heard
const FOLLOWED = ["play", "playing", "pause", "seeking", "seeked", "waiting", "ratechange", "volumechange", "timeupdate", "ended"];

/** @param {HTMLElement} player @returns a stage: {media, now, seek(s), touched} in seconds of the recording's time line */
export const joinTracks = (player) => {
  const media = player.querySelector("[data-stage]");
  const voices = [...player.querySelectorAll("[data-voice]")].filter((voice) => voice !== media);
  const startOf = (element) => Number(element.dataset.start) / 1000;
  const stage = {
    media,
    touched: false,
    get now() { return media.currentTime + startOf(media); },
    seek(at) { media.currentTime = Math.max(0, at - startOf(media)); },
  };

  const follow = (voice) => {
    const wanted = stage.now - startOf(voice);
    const there = wanted >= 0 && !(wanted > voice.duration);
    if (!there || media.paused || media.seeking || media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) voice.pause();
    if (!there) return;
    if (Math.abs(voice.currentTime - wanted) > APART_S) voice.currentTime = wanted;
    [voice.playbackRate, voice.volume, voice.muted] = [media.playbackRate, media.volume, media.muted];
    if (!media.paused && !media.seeking && voice.paused) voice.play().catch(() => {}); // it may be paused again meanwhile
  };

  const show = (button) => {
    const [now, playing] = [stage.now, !media.paused];
    for (const other of player.querySelectorAll("[data-picture]")) other.setAttribute("aria-pressed", String(other === button));
    media.dataset.start = button.dataset.start;
    media.src = button.dataset.picture;
    media.setAttribute("aria-label", button.textContent.trim());
    media.addEventListener("loadedmetadata", () => {
      stage.seek(now);
      if (playing) media.play();
    }, { once: true });
  };

  for (const event of FOLLOWED) media.addEventListener(event, () => voices.forEach(follow));
  for (const button of player.querySelectorAll("[data-picture]")) button.addEventListener("click", () => show(button));
  media.addEventListener("play", () => { stage.touched = true; });
  const from = Number(player.dataset.begin) || Number(player.dataset.resume);
  if (from) media.addEventListener("loadedmetadata", () => stage.seek(from / 1000), { once: true });
  return stage;
};
