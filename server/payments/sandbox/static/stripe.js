// The part of Stripe.js that we use: https://docs.stripe.com/js. Loaded as Stripe's own is, by a script
// element; card data stays in frames of our origin, which the page can't read.
(() => {
  "use strict";
  const BASE = new URL(document.currentScript.src).origin;
  const LOADING_MS = 15_000;
  const UNREACHABLE = {
    type: "api_connection_error",
    message: "We are experiencing issues connecting to our payments provider. Please check your internet "
      + "connection and try again.",
  };
  const REFUSED_BY_HOLDER = "We are unable to authenticate your payment method. Please choose a different "
    + "payment method and try again.";

  // A page of ours in a frame. What it tells comes to `hear`; what it is told waits until it has loaded.
  class Frame {
    #answers = new Map();
    #loaded;
    #hear;

    constructor(path, title, hear) {
      this.#hear = hear;
      this.node = document.createElement("iframe");
      this.node.src = BASE + path;
      this.node.title = title;
      Object.assign(this.node.style, {border: "0", display: "block", width: "100%", colorScheme: "light"});
      this.#loaded = new Promise((done) => { this.loaded = done; });
      addEventListener("message", this.#take);
    }

    #take = ({source, origin, data}) => {
      if (origin !== BASE || source !== this.node.contentWindow) return;
      if (data?.type === "loaded") this.loaded();
      else if (data?.type === "answer") this.#answers.get(data.number)?.(data.answer);
      else this.#hear(data);
    };

    // Whether it loads within a time; a browser doesn't say what became of a frame's page.
    loads() {
      const late = new Promise((done) => { setTimeout(done, LOADING_MS, false); });
      return Promise.race([this.#loaded.then(() => true), late]);
    }

    async tell(message) {
      await this.#loaded;
      this.node.contentWindow?.postMessage(message, BASE);
    }

    async ask(message) {
      const number = this.#answers.size + 1;
      const answer = new Promise((done) => this.#answers.set(number, done));
      await this.tell({...message, number});
      return answer;
    }

    remove() {
      removeEventListener("message", this.#take);
      this.node.remove();
    }
  }

  // The fields for a card.
  class PaymentElement {
    #listeners = {};
    #frame = null;

    constructor(elements, options) {
      this.elements = elements;
      this.options = options;
    }

    on(kind, listener) {
      (this.#listeners[kind] ??= []).push(listener);
      return this;
    }

    off(kind, listener) {
      this.#listeners[kind] = (this.#listeners[kind] ?? []).filter((each) => listener && each !== listener);
      return this;
    }

    once(kind, listener) {
      const first = (event) => { this.off(kind, first); listener(event); };
      return this.on(kind, first);
    }

    #emit(kind, event = {}) {
      for (const listener of this.#listeners[kind] ?? []) listener({elementType: "payment", ...event});
    }

    mount(place) {
      const parent = typeof place === "string" ? document.querySelector(place) : place;
      if (!parent) throw new Error(`The selector you specified (${place}) applies to no DOM elements.`);
      this.unmount();
      const frame = new Frame("/v3/element", "Secure payment input frame", (told) => this.#hear(told));
      frame.node.style.height = "0";
      frame.node.style.colorScheme = this.elements.dark ? "dark" : "light";
      frame.node.setAttribute("allow", "payment *");
      parent.replaceChildren(frame.node);
      this.#frame = frame;
      frame.tell({type: "start", appearance: this.elements.appearance});
      frame.loads().then((loaded) => {
        if (!loaded && frame === this.#frame) this.#emit("loaderror", {error: UNREACHABLE});
      });
    }

    #hear(told) {
      if (told.type === "height") this.#frame.node.style.height = `${told.height}px`;
      else if (told.type === "submit") this.#frame.node.closest("form")?.requestSubmit();
      else if (["ready", "change", "focus", "blur", "escape"].includes(told.type)) {
        this.#emit(told.type, told.event);
      }
    }

    update() {}
    focus() { this.#frame?.node.focus(); this.#frame?.tell({type: "focus"}); }
    blur() { this.#frame?.tell({type: "blur"}); }
    clear() { this.#frame?.tell({type: "clear"}); }
    collapse() {}
    unmount() { this.#frame?.remove(); this.#frame = null; }
    destroy() { this.unmount(); this.elements.forget(); }

    ask(message) {
      if (!this.#frame) throw new Error("Mount the Payment Element before you use it.");
      return this.#frame.ask(message);
    }
  }

  class Elements {
    #payment = null;

    constructor({clientSecret, appearance = {}}) {
      this.clientSecret = clientSecret;
      this.appearance = {theme: appearance.theme ?? "stripe", variables: {...appearance.variables}};
    }

    get dark() { return this.appearance.theme === "night"; }

    create(kind, options = {}) {
      if (kind !== "payment") throw new Error(`The stand-in has no element ${kind}, only payment.`);
      if (this.#payment) throw new Error("Can only create one Element of type payment.");
      this.#payment = new PaymentElement(this, options);
      return this.#payment;
    }

    getElement(kind) { return kind === "payment" ? this.#payment : null; }
    forget() { this.#payment = null; }
    async fetchUpdates() { return {}; }
    async submit() { return this.#payment.ask({type: "check"}); }
    update({appearance} = {}) { if (appearance) this.appearance = appearance; }
  }

  // The holder's bank asks whether it is them: a page of ours above everything. Gives the intent after it.
  async function challenge(key, clientSecret, appearance) {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", "Your bank asks for confirmation");
    let done;
    const answered = new Promise((resolve) => { done = resolve; });
    const frame = new Frame("/v3/challenge", "Your bank asks for confirmation", (told) => done(told.answer));
    const whole = {position: "fixed", inset: "0", width: "100vw", height: "100dvh"};
    Object.assign(dialog.style, whole, {
      border: "0", padding: "0", margin: "0", maxWidth: "none", maxHeight: "none", background: "transparent",
    });
    frame.node.style.height = "100%";
    dialog.append(frame.node);
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); frame.tell({type: "cancel"}); });
    document.body.append(dialog);
    dialog.showModal();
    frame.node.focus();
    frame.tell({type: "start", key, clientSecret, appearance});
    const answer = await answered;
    dialog.close();
    frame.remove();
    dialog.remove();
    return answer;
  }

  // What a page is told of an answer of the API: the intent when it is paid, else why not.
  function result({paymentIntent, error}) {
    if (error) return {error};
    const failed = paymentIntent.status === "requires_payment_method" && paymentIntent.last_payment_error;
    if (!failed) return {paymentIntent};
    const unsure = failed.code === "payment_intent_authentication_failure";
    const message = unsure ? REFUSED_BY_HOLDER : failed.message;
    return {error: {...failed, message, payment_intent: paymentIntent}};
  }

  class Provider {
    #key;

    constructor(key) {
      if (!key?.startsWith("pk_")) throw new Error("Please call Stripe() with your publishable key.");
      this.#key = key;
    }

    elements(options = {}) { return new Elements(options); }

    async confirmPayment({elements, clientSecret, confirmParams = {}, redirect = "always"}) {
      const element = elements.getElement("payment");
      const secret = clientSecret ?? elements.clientSecret;
      let answer = await element.ask({type: "confirm", key: this.#key, clientSecret: secret});
      if (answer.paymentIntent?.status === "requires_action") {
        answer = await challenge(this.#key, secret, elements.appearance);
      }
      const {paymentIntent, error} = result(answer);
      if (error) return {error};
      if (redirect === "if_required") return {paymentIntent};
      this.#goBack(confirmParams.return_url, paymentIntent);
      return new Promise(() => {}); // the page is left
    }

    #goBack(address, intent) {
      const url = new URL(address);
      url.searchParams.set("payment_intent", intent.id);
      url.searchParams.set("payment_intent_client_secret", intent.client_secret);
      url.searchParams.set("redirect_status", intent.status === "succeeded" ? "succeeded" : "pending");
      location.assign(url);
    }

    async handleNextAction({clientSecret}) {
      const seen = await this.retrievePaymentIntent(clientSecret);
      if (seen.paymentIntent?.status !== "requires_action") return seen;
      return result(await challenge(this.#key, clientSecret, {theme: "stripe"}));
    }

    async retrievePaymentIntent(clientSecret) {
      const intent = clientSecret.split("_secret_")[0];
      const asked = new URLSearchParams({key: this.#key, client_secret: clientSecret});
      try {
        const answer = await fetch(`${BASE}/v1/payment_intents/${encodeURIComponent(intent)}?${asked}`);
        const said = await answer.json();
        return answer.ok ? {paymentIntent: said} : {error: said.error};
      } catch {
        return {error: UNREACHABLE};
      }
    }
  }

  const Stripe = (key) => new Provider(key);
  Stripe.version = 3;
  window.Stripe = Stripe;
})();
