// The film with controls of our own: everything that the browser's have, and the time line of the lesson.

import { toast } from "../../lib/toast.js";
import { followChapters } from "./chapters.js";
import { replayChat } from "./chat.js";
import { useKeys } from "./keys.js";
import { drawLine } from "./line.js";
import { showTabs } from "./panes.js";
import { Stage } from "./stage.js";

const SKIP_S = 10;
const FLASH_MS = 700;
const IDLE_MS = 2500; // the bar goes away in full screen
const STORE = "peerlearn.film";

/** @param {HTMLElement} player @returns {Stage} */
export const playFilm = (player) => {
  const film = new Film(player);
  for (const part of [followChapters, drawLine, replayChat]) part(film.stage, player);
  showTabs(player);
  useKeys(player, film);
  return film.stage;
};

class Film {
  #player;
  #media;
  #track;
  #kept = {};
  #missed;
  #flashing = 0;

  constructor(player) {
    this.#player = player;
    this.#media = this.#part("stage");
    this.stage = new Stage(this.#media, Number(this.#part("seek").max));
    this.#track = this.#media.textTracks[0];
    this.#missed = (this.#part("missed")?.dataset.missed ?? "").split(" ").filter(Boolean).map((ms) => Number(ms) / 1000);
    this.#remember();
    this.#wire();
    this.#begin();
    this.#showBar();
  }

  #part(name) {
    return this.#player.querySelector(`[data-${name}]`);
  }

  // --- what buttons and keys do

  play() {
    if (this.#media.paused) this.stage.play();
    else this.#media.pause();
  }

  back() {
    this.skip(-SKIP_S);
  }

  forward() {
    this.skip(SKIP_S);
  }

  skip(seconds) {
    this.stage.seek(this.stage.now + seconds);
    this.#flash(`${seconds > 0 ? "+" : "−"}${Math.abs(seconds)} s`);
  }

  to(share) {
    this.stage.seek(share * this.stage.length);
  }

  mute() {
    this.#media.muted = !this.#media.muted;
  }

  louder(by) {
    [this.#media.volume, this.#media.muted] = [Math.min(1, Math.max(0, this.#media.volume + by)), false];
    this.#flash(`${Math.round(this.#media.volume * 100)} %`);
  }

  speed(rate) {
    this.#media.playbackRate = rate;
    this.#part("speed").value = String(rate);
    this.#keep({ speed: rate });
  }

  faster(steps) {
    const { options, selectedIndex } = this.#part("speed");
    const next = options[selectedIndex + steps];
    if (!next) return;
    this.speed(Number(next.value));
    this.#flash(next.textContent);
  }

  captions() {
    if (!this.#track) return this.#flash("This film has no captions");
    const on = this.#track.mode !== "showing";
    this.#track.mode = on ? "showing" : "hidden";
    this.#keep({ captions: on });
    this.#show();
  }

  missed() {
    if (this.#missed.length) this.stage.jump(this.#missed.find((at) => at > this.stage.now + 1) ?? this.#missed[0]);
  }

  pip() {
    const asked = document.pictureInPictureElement ? document.exitPictureInPicture() : this.#media.requestPictureInPicture();
    asked.catch(() => {}); // a browser may not let it
  }

  full() {
    const screen = this.#part("screen");
    if (document.fullscreenElement) document.exitFullscreen();
    else if (screen.requestFullscreen) screen.requestFullscreen().catch(() => {});
    else this.#media.webkitEnterFullscreen?.(); // an iPhone shows nothing but the film
  }

  keys() {
    this.#part("keys-on").closest("dialog").showModal();
  }

  // --- how it looks

  #flash(words, stays = false) {
    const box = this.#part("flash");
    [box.textContent, box.hidden] = [words, !words];
    clearTimeout(this.#flashing);
    if (!stays) this.#flashing = setTimeout(() => { box.hidden = true; }, FLASH_MS);
  }

  #show() {
    const states = {
      play: !this.#media.paused,
      mute: this.#media.muted || !this.#media.volume,
      captions: this.#track?.mode === "showing",
      full: document.fullscreenElement === this.#part("screen"),
    };
    for (const [name, on] of Object.entries(states)) {
      const button = this.#player.querySelector(`[data-do="${name}"]`);
      if (!button) continue;
      button.classList.toggle("is-on", on);
      const words = button.querySelector(on ? "[data-on] svg" : "[data-off] svg").getAttribute("aria-label");
      button.title = `${words} (${button.getAttribute("aria-keyshortcuts")})`;
    }
    this.#part("volume").value = String(this.#media.muted ? 0 : this.#media.volume);
  }

  #showBar() {
    this.#media.controls = false;
    this.#part("bar").hidden = false;
    this.#player.querySelector('[data-do="pip"]').hidden = !document.pictureInPictureEnabled;
    if (this.#missed.length) this.#part("missed").hidden = false;
    hideWhenIdle(this.#part("screen"), this.#media);
    this.#show();
  }

  // A button on the picture goes on where one was, which is part of the film's address; a link's #t= comes first.
  #begin() {
    this.stage.beginAt(asked() ?? 0);
    this.#part("begin-here").hidden = false;
    this.#part("continue").addEventListener("click", () => this.stage.play());
    this.#part("from-start")?.addEventListener("click", () => this.stage.jump(0));
  }

  #wire() {
    const [media, speed, volume] = [this.#media, this.#part("speed"), this.#part("volume")];
    for (const button of this.#player.querySelectorAll("[data-do]")) button.addEventListener("click", () => this[button.dataset.do]());
    for (const link of this.#player.querySelectorAll("[data-jump]")) link.addEventListener("click", (event) => this.#jump(event, link));
    speed.addEventListener("change", () => this.speed(Number(speed.value)));
    volume.addEventListener("input", () => { [media.volume, media.muted] = [Number(volume.value), false]; });
    media.addEventListener("click", () => this.play());
    media.addEventListener("dblclick", () => this.full());
    media.addEventListener("play", () => { this.#part("begin-here").hidden = true; });
    media.addEventListener("volumechange", () => this.#keep({ volume: media.volume }));
    for (const event of ["play", "pause", "volumechange", "ended"]) media.addEventListener(event, () => this.#show());
    media.addEventListener("waiting", () => this.#flash("Loading…", true));
    media.addEventListener("playing", () => this.#flash(""));
    media.addEventListener("error", () => toast("The film does not load. Check your connection, then load the page again.", "bad"));
    document.addEventListener("fullscreenchange", () => this.#show());
    addEventListener("hashchange", () => { if (asked() !== null) this.stage.jump(asked()); });
  }

  #jump(event, link) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab has the page at that time
    event.preventDefault();
    this.stage.jump(Number(link.dataset.jump) / 1000);
    this.#part("screen").scrollIntoView({ block: "nearest" });
  }

  // --- what stays from film to film

  #remember() {
    try { this.#kept = JSON.parse(localStorage.getItem(STORE)) ?? {}; } catch { /* nothing was kept */ }
    if (this.#kept.volume !== undefined) this.#media.volume = this.#kept.volume;
    if (this.#kept.speed) this.speed(this.#kept.speed);
    if (this.#track) this.#track.mode = this.#kept.captions ? "showing" : "hidden";
  }

  #keep(what) {
    Object.assign(this.#kept, what);
    localStorage.setItem(STORE, JSON.stringify(this.#kept));
  }
}

// The seconds of a link's #t=, as media fragments have it.
const asked = () => {
  const found = /^#t=(\d+)$/.exec(location.hash);
  return found ? Number(found[1]) : null;
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
