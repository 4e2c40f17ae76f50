// The question of a card holder's bank (3-D Secure): pressing a button answers it.
import {ask, idOf, listen, look, tell} from "./frame.js";

const buttons = [...document.querySelectorAll("[data-agreed]")];
let asked = null; // the intent's secret and the key, from the page around

async function answer(agreed) {
  for (const button of buttons) button.disabled = true;
  const {key, clientSecret} = asked;
  const form = {key, client_secret: clientSecret, agreed};
  const said = await ask(`/_sandbox/authenticate/${idOf(clientSecret)}`, form);
  tell({type: "answered", answer: said});
}

async function showSum({key, clientSecret}) {
  const query = new URLSearchParams({key, client_secret: clientSecret});
  const found = await fetch(`/v1/payment_intents/${idOf(clientSecret)}?${query}`);
  if (!found.ok) return;
  const {amount, currency} = await found.json();
  const format = new Intl.NumberFormat("en", {style: "currency", currency});
  const shown = format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
  document.querySelector("[data-sum]").textContent = shown;
}

for (const button of buttons) button.addEventListener("click", () => answer(button.dataset.agreed));
addEventListener("keydown", ({key}) => { if (key === "Escape" && asked) answer("false"); });

listen({
  start({key, clientSecret, appearance}) {
    asked = {key, clientSecret};
    look(appearance);
    showSum(asked);
    buttons[0].focus();
  },
  cancel: () => answer("false"),
});
