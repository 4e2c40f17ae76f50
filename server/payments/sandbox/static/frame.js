// What the pages in frames share: talking with the page around them, looks, and asking the API.

let around = null; // the origin of the page around us, from its first message
const parent = window.parent;

export function tell(message) {
  if (around) parent.postMessage(message, around);
}

// Each message of the page around goes to the handler of its type.
export function listen(handlers) {
  addEventListener("message", ({source, origin, data}) => {
    if (source !== parent || (around && origin !== around)) return;
    around ??= origin;
    handlers[data?.type]?.(data);
  });
  parent.postMessage({type: "loaded"}, "*"); // nothing secret in it: we don't know yet who is there
}

const VARIABLES = {
  colorPrimary: "--primary",
  colorBackground: "--ground",
  colorText: "--ink",
  colorTextSecondary: "--ink-soft",
  colorTextPlaceholder: "--placeholder",
  colorDanger: "--bad",
  fontFamily: "--font",
  fontSizeBase: "--size",
  borderRadius: "--radius",
  spacingUnit: "--space",
};

export function look({theme = "stripe", variables = {}} = {}) {
  const root = document.documentElement;
  root.dataset.theme = theme;
  for (const [name, value] of Object.entries(variables)) {
    if (VARIABLES[name]) root.style.setProperty(VARIABLES[name], value);
  }
}

const UNREACHABLE = {
  type: "api_connection_error",
  message: "We are experiencing issues connecting to our payments provider. Please check your internet "
    + "connection and try again.",
};

// The intent or the error, as Stripe.js gives them.
export async function ask(path, form) {
  try {
    const answer = await fetch(path, {method: "POST", body: new URLSearchParams(form)});
    const said = await answer.json();
    return answer.ok ? {paymentIntent: said} : {error: said.error};
  } catch {
    return {error: UNREACHABLE};
  }
}

export function idOf(clientSecret) {
  return encodeURIComponent(clientSecret.split("_secret_")[0]);
}
