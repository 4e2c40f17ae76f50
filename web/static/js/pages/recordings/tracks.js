// One picture at a time, and every voice with it: each track begins at its own place on the recording's time line.

import { Stage } from "./stage.js";

const APART_S = 0.15; // a voice this far off is put right; less is not heard
const FOLLOWED = ["play", "playing", "pause", "seeking", "seeked", "waiting", "ratechange", "volumechange", "timeupdate", "ended"];

const follow = (stage, voice) => {
  const { media } = stage;
  const wanted = stage.now - Number(voice.dataset.start) / 1000;
  const there = wanted >= 0 && !(wanted > voice.duration);
  if (!there || media.paused || media.seeking || media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) voice.pause();
  if (!there) return;
  if (Math.abs(voice.currentTime - wanted) > APART_S) voice.currentTime = wanted;
  [voice.playbackRate, voice.volume, voice.muted] = [media.playbackRate, media.volume, media.muted];
  if (!media.paused && !media.seeking && voice.paused) voice.play().catch(() => {}); // it may be paused again meanwhile
};

const show = (stage, button, all) => {
  const { media } = stage;
  const [now, playing] = [stage.now, !media.paused];
  for (const other of all) other.setAttribute("aria-pressed", String(other === button));
  media.dataset.start = button.dataset.start;
  media.src = button.dataset.picture;
  media.setAttribute("aria-label", button.textContent.trim());
  media.addEventListener("loadedmetadata", () => {
    stage.seek(now);
    if (playing) stage.play();
  }, { once: true });
};

/** @param {HTMLElement} player @returns {Stage} */
export const joinTracks = (player) => {
  const media = player.querySelector("[data-stage]");
  const stage = new Stage(media, Infinity);
  const voices = [...player.querySelectorAll("[data-voice]")].filter((voice) => voice !== media);
  const pictures = [...player.querySelectorAll("[data-picture]")];
  for (const event of FOLLOWED) media.addEventListener(event, () => voices.forEach((voice) => follow(stage, voice)));
  for (const button of pictures) button.addEventListener("click", () => show(stage, button, pictures));
  stage.beginAt((Number(player.dataset.begin) || Number(player.dataset.resume)) / 1000);
  return stage;
};
