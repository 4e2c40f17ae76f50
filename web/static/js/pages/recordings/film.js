// The film with controls of our own: everything that the browser's have, and the time line of the lesson.

import { followChapters } from "./chapters.js";
import { replayChat } from "./chat.js";
import { useKeys } from "./keys.js";
import { showTabs } from "./panes.js";
import { drawLine } from "./line.js";

const SKIP_S = 10;
const IDLE_MS = 2500; // the bar goes away in full screen
const FLASH_MS = 700;
const STORE = "peerlearn.film";

export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
};

const remembered = () => {
  try { return JSON.parse(localStorage.getItem(STORE)) ?? {}; } catch { return {}; }
};

/** @param {HTMLElement} player @returns a stage: {media, now, seek(s), touched} in seconds of the recording's time line */
export const playFilm = (player) => {
  const part = (name) => player.querySelector(`[data-${name}]`);
  const [media, screen, speed, volume] = [part("stage"), part("screen"), part("speed"), part("volume")];
  const track = media.textTracks[0];
  const missed = (part("missed")?.dataset.missed ?? "").trim().split(" ").filter(Boolean).map((ms) => ms / 1000);
  const kept = remembered();
  const keep = (what) => localStorage.setItem(STORE, JSON.stringify(Object.assign(kept, what)));

  const stage = {
    media,
    touched: false,
    get now() { return media.currentTime; },
    get length() { return media.duration || Number(part("seek").max); },
    seek(at) {
      stage.touched = true;
      media.currentTime = Math.min(Math.max(0, at), stage.length);
    },
    play: () => media.play().catch(() => {}), // a browser may want a click first: the button stays
    jump(at) { stage.seek(at); stage.play(); },
  };

  let flashes = 0;
  const flash = (words) => {
    const box = part("flash");
    [box.textContent, box.hidden] = [words, false];
    clearTimeout(flashes);
    flashes = setTimeout(() => { box.hidden = true; }, FLASH_MS);
  };

  const skip = (seconds) => {
    stage.seek(stage.now + seconds);
    flash(`${seconds > 0 ? "+" : "−"}${Math.abs(seconds)} s`);
  };
  const setSpeed = (rate) => {
    media.playbackRate = Number(rate);
    speed.value = String(rate);
    keep({ speed: media.playbackRate });
  };
  const nextSpeed = (step) => {
    const next = speed.options[speed.selectedIndex + step];
    if (next) { setSpeed(next.value); flash(`${next.value}×`); }
  };
  const louder = (by) => {
    [media.volume, media.muted] = [Math.min(1, Math.max(0, media.volume + by)), false];
    flash(`${Math.round(media.volume * 100)} %`);
  };
  const fullScreen = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (screen.requestFullscreen) screen.requestFullscreen().catch(() => {});
    else media.webkitEnterFullscreen?.(); // an iPhone shows nothing but the film
  };
  const caption = () => {
    if (!track) return flash("No captions");
    track.mode = track.mode === "showing" ? "hidden" : "showing";
    keep({ captions: track.mode === "showing" });
    show();
  };
  const toMissed = () => {
    if (missed.length) stage.jump(missed.find((at) => at > stage.now + 1) ?? missed[0]);
  };

  const act = {
    play: () => (media.paused ? stage.play() : media.pause()),
    back: () => skip(-SKIP_S),
    forward: () => skip(SKIP_S),
    mute: () => { media.muted = !media.muted; },
    captions: caption,
    pip: () => (document.pictureInPictureElement ? document.exitPictureInPicture() : media.requestPictureInPicture()).catch(() => {}),
    full: fullScreen,
    missed: toMissed,
    keys: () => part("keys-on").closest("dialog").showModal(),
  };

  const show = () => {
    const states = {
      play: !media.paused,
      mute: media.muted || !media.volume,
      captions: track?.mode === "showing",
      full: document.fullscreenElement === screen,
    };
    for (const [name, on] of Object.entries(states)) {
      const button = player.querySelector(`[data-do="${name}"]`);
      if (!button) continue;
      button.setAttribute("aria-pressed", String(on));
      button.title = `${button.querySelector(on ? "[data-on] svg" : "[data-off] svg").getAttribute("aria-label")} (${button.getAttribute("aria-keyshortcuts")})`;
    }
    volume.value = String(media.muted ? 0 : media.volume);
  };

  for (const button of player.querySelectorAll("[data-do]")) button.addEventListener("click", () => act[button.dataset.do]());
  speed.addEventListener("change", () => setSpeed(speed.value));
  volume.addEventListener("input", () => { [media.volume, media.muted] = [Number(volume.value), false]; });
  media.addEventListener("click", () => act.play());
  media.addEventListener("dblclick", fullScreen);
  media.addEventListener("play", () => { stage.touched = true; part("begin-here").hidden = true; });
  media.addEventListener("volumechange", () => keep({ volume: media.volume }));
  for (const event of ["play", "pause", "volumechange", "ended"]) media.addEventListener(event, show);
  document.addEventListener("fullscreenchange", show);
  for (const link of player.querySelectorAll("[data-jump]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab has the page at that time
      event.preventDefault();
      stage.jump(Number(link.dataset.jump) / 1000);
    });
  }
  addEventListener("hashchange", () => {
    const at = /^#t=(\d+)$/.exec(location.hash);
    if (at) stage.jump(Number(at[1]));
  });

  hideWhenIdle(screen, media);
  media.controls = false;
  part("bar").hidden = false;
  const pip = player.querySelector('[data-do="pip"]');
  pip.hidden = !document.pictureInPictureEnabled;
  for (const button of player.querySelectorAll('[data-do="missed"]')) button.hidden = false;
  if (kept.volume !== undefined) media.volume = kept.volume;
  if (kept.speed) setSpeed(kept.speed);
  if (track) track.mode = kept.captions ? "showing" : "hidden";
  beginAt(stage, player, part);
  show();
  showTabs(player);
  followChapters(stage, player);
  drawLine(stage, player);
  replayChat(stage, player);
  useKeys(player, { ...act, skip, nextSpeed, louder, seek: (share) => stage.seek(share * stage.length) });
  return stage;
};

// A play button on the picture: it goes on where one was.
const beginAt = (stage, player, part) => {
  const hash = /^#t=(\d+)$/.exec(location.hash);
  const from = hash ? Number(hash[1]) : (Number(player.dataset.begin) || Number(player.dataset.resume)) / 1000;
  if (from) stage.media.addEventListener("loadedmetadata", () => { stage.media.currentTime = from; }, { once: true });
  if (from && stage.media.readyState) stage.media.currentTime = from;
  part("begin-here").hidden = false;
  part("continue").addEventListener("click", stage.play);
  player.querySelector("[data-from-start]")?.addEventListener("click", () => stage.jump(0));
};

const hideWhenIdle = (screen, media) => {
  let timer = 0;
  const wake = () => {
    screen.classList.remove("is-idle");
    clearTimeout(timer);
    timer = setTimeout(() => screen.classList.toggle("is-idle", !media.paused), IDLE_MS);
  };
  for (const event of ["pointermove", "keydown", "focusin"]) screen.addEventListener(event, wake);
};
