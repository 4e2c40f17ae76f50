// What plays, by the recording's time line: all that the parts of the page know of it. Times are in seconds.

export class Stage {
  /** @param {HTMLMediaElement} media its `data-start` (ms) is where it begins on the time line @param {number} length */
  constructor(media, length) {
    this.media = media;
    this.length = length;
    this.touched = false; // somebody watches
    media.addEventListener("play", () => { this.touched = true; });
  }

  get #start() {
    return Number(this.media.dataset.start) / 1000;
  }

  get now() {
    return this.media.currentTime + this.#start;
  }

  seek(at) {
    this.media.currentTime = Math.max(0, Math.min(at, this.length) - this.#start);
  }

  play() {
    return this.media.play().catch(() => {}); // a browser may want a click first: the button stays
  }

  jump(at) {
    this.touched = true;
    this.seek(at);
    this.play();
  }

  /** Begin there, as soon as there is something to begin with. */
  beginAt(at) {
    if (!at) return;
    if (this.media.readyState) this.seek(at);
    else this.media.addEventListener("loadedmetadata", () => this.seek(at), { once: true });
  }
}

export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
};
