/** Writing down what we say, by the browser's own speech recognition (Web Speech API) where it has one. */

const SAY_EVERY_MS = 700; // unfinished words; finished ones at once
const LONGEST = 500; // characters of one caption
const AGAIN_MS = 400; // a browser stops by itself after a silence
const WORDS = {
  "not-allowed": "Your browser does not allow writing down what you say on this page.",
  "service-not-allowed": "Your browser does not allow writing down what you say on this page.",
  "language-not-supported": "Your browser can't write down this language.",
  network: "Your browser's service for writing down speech can't be reached.",
};

function recognition() {
  const scope = /** @type {any} */ (window);
  return scope.SpeechRecognition ?? scope.webkitSpeechRecognition ?? null;
}

export class Dictation {
  language;
  #on;
  /** @type {any} */
  #engine = null;
  #wanted = false;
  #saidAt = 0;
  #again = 0;

  /** @param {string} language BCP 47 @param {{heard: (text: string, final: boolean) => void, failed: (words: string) => void}} on */
  constructor(language, on) {
    this.language = language;
    this.#on = on;
  }

  get possible() {
    return recognition() !== null;
  }

  start() {
    if (this.#wanted || !this.possible) return;
    this.#wanted = true;
    this.#run();
  }

  stop() {
    this.#wanted = false;
    clearTimeout(this.#again);
    this.#engine?.stop();
    this.#engine = null;
  }

  #run() {
    const engine = new (recognition())();
    Object.assign(engine, { lang: this.language, continuous: true, interimResults: true });
    engine.onresult = (event) => this.#heard(event);
    engine.onerror = ({ error }) => this.#failed(error);
    engine.onend = () => {
      if (this.#wanted && this.#engine === engine) this.#again = setTimeout(() => this.#wanted && this.#run(), AGAIN_MS);
    };
    this.#engine = engine;
    engine.start();
  }

  #heard({ results, resultIndex }) {
    const result = results[results.length - 1] ?? results[resultIndex];
    const text = result[0].transcript.trim().slice(0, LONGEST);
    const now = performance.now();
    if (!text || (!result.isFinal && now - this.#saidAt < SAY_EVERY_MS)) return;
    this.#saidAt = result.isFinal ? 0 : now;
    this.#on.heard(text, result.isFinal);
  }

  /** Silence and the like are normal; the engine comes back by itself. */
  #failed(error) {
    if (!WORDS[error]) return;
    this.stop();
    this.#on.failed(WORDS[error]);
  }
}
