/**
 * Notices within a second or so that nothing comes any more over a connection that counts as up. Browsers
 * take five seconds to say so: after a change of network that is how long nobody would be heard.
 */

const LOOK_MS = 200;
const STILL_MS = 500; // without a packet of sound or picture: time to look whether anything comes at all
const SURE_MS = 500; // feedback on what we send comes each 80 ms
const QUIET_MS = 4_000; // so long after the last packet nobody sends any, and the browser notices the rest
const AGAIN_MS = 4_000; // not sooner than that after it was said

/**
 * @typedef {object} Watched
 * @property {() => number} newest when a packet of sound or picture came last, by whatever clock
 * @property {() => Promise<number>} octets received so far, of all kinds
 * @property {() => void} stalled nothing comes
 */

export class FlowWatch {
  #watched;
  #timer = 0;
  #newest = 0;
  #movedAt = 0;
  #flows = false;
  #saidAt = -AGAIN_MS;
  #makesSure = false;

  /** @param {Watched} watched */
  constructor(watched) {
    this.#watched = watched;
  }

  start() {
    this.stop();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#flows = false;
  }

  #look() {
    const now = performance.now();
    const newest = this.#watched.newest();
    if (newest !== this.#newest) {
      this.#newest = newest;
      this.#movedAt = now;
      this.#flows = true;
      return;
    }
    const still = now - this.#movedAt;
    if (still > QUIET_MS) this.#flows = false;
    if (this.#flows && still > STILL_MS && now - this.#saidAt > AGAIN_MS && !this.#makesSure) this.#makeSure();
  }

  /** It may be that nobody sends anything just now. */
  async #makeSure() {
    const [timer, newest] = [this.#timer, this.#newest];
    this.#makesSure = true;
    const before = await this.#watched.octets();
    await new Promise((done) => setTimeout(done, SURE_MS));
    const grown = (await this.#watched.octets()) - before;
    this.#makesSure = false;
    if (grown > 0 || timer !== this.#timer || newest !== this.#newest) return;
    this.#saidAt = performance.now();
    this.#flows = false;
    this.#watched.stalled();
  }
}
