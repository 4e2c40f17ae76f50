// The fields for a card: what is typed stays in this frame and goes from here to the API alone.
import {
  brandOf, codeError, codeLengthOf, dated, digitsOf, expiryError, grouped, lengthOf, numberError,
} from "./card.js";
import {ask, idOf, listen, look, tell} from "./frame.js";

const BRAND_NAMES = {visa: "Visa", mastercard: "Mastercard", amex: "Amex", discover: "Discover"};
const COUNTRIES = "AT AU BE BG BR CA CH CY CZ DE DK EE ES FI FR GB GR HK HR HU IE IN IT JP KW LI LT LU LV MT MX "
  + "NL NO NZ PL PT RO SE SG SI SK UA US ZA";
const {number, expiry, cvc, country} = document.forms[0].elements;
const FIELDS = {number, expiry, cvc};
const CHECKS = {
  number: () => numberError(digitsOf(number.value)),
  expiry: () => expiryError(expiry.value, new Date()),
  cvc: () => codeError(cvc.value, digitsOf(number.value)),
};

// --- what is typed

function typeNumber() {
  const before = digitsOf(number.value.slice(0, number.selectionStart)).length;
  const digits = digitsOf(number.value);
  number.value = grouped(digits);
  const caret = grouped(digits.slice(0, before)).length;
  number.setSelectionRange(caret, caret);
  document.querySelector("[data-brand]").textContent = BRAND_NAMES[brandOf(digits)] ?? "";
  cvc.maxLength = codeLengthOf(digits);
  show("number", digits.length >= lengthOf(digits) ? CHECKS.number() : null);
}

function typeExpiry(event) {
  expiry.value = dated(expiry.value, !event?.inputType?.startsWith("delete"));
  show("expiry", digitsOf(expiry.value).length === 4 ? CHECKS.expiry() : null);
}

function typeCode() {
  cvc.value = digitsOf(cvc.value).slice(0, codeLengthOf(digitsOf(number.value)));
  show("cvc", null);
}

const TYPE = {number: typeNumber, expiry: typeExpiry, cvc: typeCode};

// --- what is wrong

function show(name, error) {
  FIELDS[name].setAttribute("aria-invalid", error ? "true" : "false");
  document.getElementById(`${name}-error`).textContent = error ? error.message : "";
}

function check() {
  const errors = Object.entries(CHECKS).map(([name, find]) => [name, find()]);
  for (const [name, error] of errors) show(name, error);
  const [name, error] = errors.find(([, found]) => found) ?? [];
  if (error) FIELDS[name].focus();
  return error ? {error} : {};
}

function changed() {
  tell({
    type: "change",
    event: {
      complete: Object.values(CHECKS).every((find) => find() === null),
      empty: Object.values(FIELDS).every((field) => field.value === ""),
      collapsed: false,
      value: {type: "card"},
    },
  });
}

// --- what the page around asks for

async function confirm({key, clientSecret}) {
  const wrong = check();
  if (wrong.error) return wrong;
  const [month, year] = [digitsOf(expiry.value).slice(0, 2), digitsOf(expiry.value).slice(2)];
  return ask(`/v1/payment_intents/${idOf(clientSecret)}/confirm`, {
    key,
    client_secret: clientSecret,
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": digitsOf(number.value),
    "payment_method_data[card][exp_month]": month,
    "payment_method_data[card][exp_year]": year,
    "payment_method_data[card][cvc]": cvc.value,
    "payment_method_data[billing_details][address][country]": country.value,
  });
}

function busy(whether) {
  for (const field of Object.values(FIELDS)) field.readOnly = whether; // which keeps the focus where it is
  country.disabled = whether;
}

async function answered(message, work) {
  const asking = work(message);
  busy(true);
  const answer = await asking;
  busy(false);
  tell({type: "answer", number: message.number, answer});
}

function fill(digits) {
  const next = new Date().getFullYear() + 3;
  Object.assign(number, {value: digits});
  Object.assign(expiry, {value: `12${next % 100}`});
  Object.assign(cvc, {value: "123"});
  for (const type of Object.values(TYPE)) type();
  changed();
  number.focus();
}

function clear() {
  for (const [name, field] of Object.entries(FIELDS)) {
    field.value = "";
    TYPE[name]();
  }
  changed();
}

// --- start

function listCountries() {
  const names = new Intl.DisplayNames(["en"], {type: "region"});
  const listed = COUNTRIES.split(" ").map((code) => [names.of(code), code]);
  const own = new Intl.Locale(navigator.language).maximize().region;
  for (const [name, code] of listed.sort(([one], [other]) => one.localeCompare(other))) {
    country.add(new Option(name, code, code === own, code === own));
  }
}

for (const [name, field] of Object.entries(FIELDS)) {
  field.addEventListener("input", (event) => { TYPE[name](event); changed(); });
  field.addEventListener("blur", () => { if (field.value) show(name, CHECKS[name]()); });
}
addEventListener("focusin", () => tell({type: "focus"}));
addEventListener("focusout", () => tell({type: "blur"}));
addEventListener("keydown", ({key}) => { if (key === "Escape") tell({type: "escape"}); });
document.forms[0].addEventListener("submit", (event) => { event.preventDefault(); tell({type: "submit"}); });
document.forms[0].addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) document.forms[0].requestSubmit();
});
for (const button of document.querySelectorAll("[data-fill]")) {
  button.addEventListener("click", () => fill(button.dataset.fill));
}
listCountries();

listen({
  start({appearance}) {
    look(appearance);
    new ResizeObserver(() => tell({type: "height", height: document.body.offsetHeight})).observe(document.body);
    tell({type: "ready"});
  },
  focus: () => number.focus(),
  blur: () => document.activeElement?.blur(),
  clear,
  check: (message) => tell({type: "answer", number: message.number, answer: check()}),
  confirm: (message) => answered(message, confirm),
});
