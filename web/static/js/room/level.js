/** How loud a microphone is, for the meter and for the ring round our own tile. */

const QUIET_DB = -60; // below it the meter is empty
const LOUD_DB = -10; // close to shouting

/** Root mean square of samples in [-1, 1], as 0 (quiet) to 1 (loud). */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.min(1, Math.max(0, (decibels - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

export class LevelMeter {
  /** @type {any} an AudioContext */
  #context = null;
  /** @type {any} an AnalyserNode */
  #analyser = null;
  /** @type {any} a MediaStreamAudioSourceNode */
  #input = null;
  #samples = new Float32Array(1024);

  /** Browsers start sound processing only after a click or key on the page. */
  get asleep() {
    return this.#context !== null && this.#context.state !== "running";
  }

  /** @param {MediaStreamTrack|null} track what to listen to from now on */
  listen(track) {
    this.#input?.disconnect();
    this.#input = null;
    if (!track) return;
    this.#context ??= new AudioContext();
    this.#analyser ??= new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#input = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#input.connect(this.#analyser);
    this.wake();
  }

  wake() {
    if (this.asleep) this.#context.resume().catch(() => {});
  }

  read() {
    if (!this.#input || this.asleep) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }

  close() {
    this.listen(null);
    this.#context?.close();
    this.#context = null;
    this.#analyser = null;
  }
}
