/**
 * The call in a small window above all others: who speaks, with microphone and leave (Document
 * Picture-in-Picture), or only the picture where the browser has no more than that.
 */

import { icon, make, parts, say } from "./dom.js";

const SIZE = { width: 400, height: 280 };

export class SmallWindow {
  #call;
  #stage;
  #act;
  /** @type {any} */
  #window = null;
  #picture;
  #name;
  #microphone;

  /** @param {import("../../../room/call.js").Call} call @param {(action: string) => void} act */
  constructor(call, stage, act) {
    this.#call = call;
    this.#stage = stage;
    this.#act = act;
    for (const button of parts("action", "pip")) button.hidden = !this.possible;
  }

  get #documents() {
    return /** @type {any} */ (window).documentPictureInPicture;
  }

  get possible() {
    return Boolean(this.#documents) || document.pictureInPictureEnabled;
  }

  get actions() {
    return { pip: () => this.#toggle() };
  }

  async #toggle() {
    if (this.#window || document.pictureInPictureElement) return this.close();
    try {
      if (this.#documents) await this.#openWindow();
      else await this.#stage.speakerVideo?.requestPictureInPicture();
    } catch (error) {
      this.#call.state.notice("error", { text: "The browser did not open a small window." });
    }
  }

  close() {
    this.#window?.close();
    if (document.pictureInPictureElement) document.exitPictureInPicture().catch(() => {});
  }

  async #openWindow() {
    const small = await this.#documents.requestWindow(SIZE);
    this.#window = small;
    for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) small.document.head.append(sheet.cloneNode());
    small.document.documentElement.dataset.scheme = "dark";
    small.document.documentElement.lang = document.documentElement.lang;
    small.document.title = document.title;
    small.document.body.className = "pip-page";
    small.document.body.append(...this.#content());
    small.addEventListener("pagehide", () => this.#closed());
    for (const button of parts("action", "pip")) button.setAttribute("aria-pressed", "true");
    this.update();
  }

  #closed() {
    this.#window = null;
    if (this.#picture) this.#picture.srcObject = null;
    for (const button of parts("action", "pip")) button.setAttribute("aria-pressed", "false");
  }

  #content() {
    this.#picture = make("video", { className: "pip-picture", muted: true, autoplay: true, playsInline: true });
    this.#name = make("p", { className: "tile-name" });
    this.#microphone = this.#button("microphone", "microphone", "Microphone");
    const bar = make("div", { className: "pip-controls" }, this.#microphone, this.#button("leave", "leave", "Leave"));
    return [this.#picture, this.#name, bar];
  }

  #button(action, picture, words) {
    const button = make("button", { className: `control pip-${action}`, type: "button", "aria-label": words },
      make("span", { className: "control-face" }, icon(picture)));
    button.addEventListener("click", () => {
      if (action === "leave") this.close();
      this.#act(action);
    });
    return button;
  }

  /** Whoever is large on the stage is seen here too. */
  update() {
    if (!this.#window) return;
    const { local, state } = this.#call;
    if (state.phase === "over") return this.close();
    const shown = this.#stage.speakerPicture;
    const track = shown?.track ?? null;
    if ((this.#picture.srcObject?.getTracks()[0] ?? null) !== track) {
      this.#picture.srcObject = track ? new MediaStream([track]) : null;
      this.#picture.play().catch(() => {}); // it starts with the next frame
    }
    say(this.#name, shown?.name ?? "Nobody else is here");
    this.#microphone.setAttribute("aria-pressed", String(local.on.microphone));
    this.#microphone.querySelector("span").replaceChildren(icon(local.on.microphone ? "microphone" : "microphone-off"));
  }
}
