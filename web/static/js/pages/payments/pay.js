// Paying by card: the provider's script shows the fields and asks the bank. What it says is never the last word: the
// server asks the provider itself, and then says where to go.

const ASK_AGAIN_MS = [1000, 2000, 3000, 5000]; // and every ten seconds after that
const RARELY_MS = 10000;
const FAR = "The payment provider can’t be reached. Check your connection, and whether something blocks its script; then load the page again.";
const GUARD = "Please stay on this page while your bank answers…";

const form = document.querySelector("form[data-pay]");
const waiting = document.querySelector("[data-waiting]");
const token = () => document.querySelector('meta[name="csrf-token"]').content;
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// --- the provider's script

const loaded = (address) => new Promise((done, fail) => {
  const script = document.createElement("script");
  script.src = address;
  script.addEventListener("load", done);
  script.addEventListener("error", fail);
  document.head.append(script);
});

// A colour of ours as frames of others understand it: computed, for the scheme of now.
const colour = (name) => {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};

const looks = () => ({
  theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe",
  variables: {
    colorPrimary: colour("--pine"),
    colorBackground: colour("--surface"),
    colorText: colour("--ink"),
    colorTextSecondary: colour("--ink-soft"),
    colorDanger: colour("--bad"),
    fontFamily: "system-ui, sans-serif",
    borderRadius: "8px",
  },
});

// --- the form

class Till {
  #button = form.querySelector("button[type=submit]");
  #words = this.#button.querySelector("span");
  #pay = this.#words.textContent;
  #error = form.querySelector("[data-error]");
  #progress = form.querySelector("[data-progress]");
  #says = this.#progress.textContent;
  #stripe = null;
  #elements = null;

  async open() {
    form.addEventListener("submit", (event) => this.#submit(event));
    addEventListener("beforeunload", (event) => { if (this.#busy) event.preventDefault(); });
    try {
      await loaded(form.dataset.script);
    } catch {
      form.querySelector("[data-fields]").hidden = true;
      this.#fail(FAR);
      return;
    }
    this.#show();
  }

  #show() {
    this.#stripe = Stripe(form.dataset.key);
    this.#elements = this.#stripe.elements({ clientSecret: form.dataset.secret, appearance: looks() });
    const fields = this.#elements.create("payment", { layout: "tabs" });
    fields.on("ready", () => { this.#button.disabled = false; });
    fields.on("loaderror", () => this.#fail(FAR));
    fields.mount(form.querySelector("[data-fields]"));
  }

  get #busy() { return form.getAttribute("aria-busy") === "true"; }

  async #submit(event) {
    event.preventDefault();
    if (this.#busy || this.#button.disabled) return;
    this.#begin();
    const { error, paymentIntent } = await this.#confirmed();
    this.#end();
    if (error) this.#fail(error.type === "validation_error" ? "" : this.#said(error));
    else location.replace(`${form.dataset.back}?payment_intent=${encodeURIComponent(paymentIntent.id)}`);
  }

  async #confirmed() {
    const confirmParams = { return_url: form.dataset.back };
    try {
      return await this.#stripe.confirmPayment({ elements: this.#elements, redirect: "if_required", confirmParams });
    } catch {
      return { error: { message: FAR } };
    }
  }

  // An intent that is paid or called off already is looked at by the server.
  #said(error) {
    if (error.code === "payment_intent_unexpected_state") location.replace(`${form.dataset.back}?payment_intent=`);
    const charged = error.type === "card_error" ? " Nothing was charged. You can try another card." : "";
    return `${error.message}${charged}`;
  }

  #begin() {
    form.setAttribute("aria-busy", "true");
    this.#button.setAttribute("aria-busy", "true");
    this.#words.textContent = "Paying…";
    this.#progress.textContent = GUARD;
    this.#error.hidden = true;
  }

  #end() {
    form.removeAttribute("aria-busy");
    this.#button.removeAttribute("aria-busy");
    this.#words.textContent = this.#pay;
    this.#progress.textContent = this.#says;
  }

  #fail(text) {
    this.#error.querySelector("span").textContent = text;
    this.#error.hidden = !text;
  }
}

// --- what is on its way

const ask = async () => {
  const headers = { "X-CSRF-Token": token() };
  const answer = await fetch(waiting.dataset.waiting, { method: "POST", headers });
  return answer.ok ? (await answer.json()).data.status : "processing";
};

const follow = async () => {
  for (let round = 0; ; round += 1) {
    await pause(ASK_AGAIN_MS[round] ?? RARELY_MS);
    const status = await ask().catch(() => "processing");
    if (status !== "processing") break;
  }
  location.replace(waiting.dataset.back);
};

if (form) new Till().open();
if (waiting) follow();
