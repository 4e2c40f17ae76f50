// Notifications of this device: what the browser lets us do, and turning them on. It asks the person only after a click.

const card = document.querySelector("[data-push]");
const token = document.querySelector('meta[name="csrf-token"]').content;

const supported = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const worker = async () => {
  await navigator.serviceWorker.register("/service-worker.js");
  return navigator.serviceWorker.ready;
};

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

const isForOurKey = (subscription) => {
  const key = subscription.options?.applicationServerKey;
  return !key || String(new Uint8Array(key)) === String(bytes(card.dataset.push));
};

const state = async () => {
  if (!supported()) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const found = card.dataset.pushHere && (await (await worker()).pushManager.getSubscription());
  return found && isForOurKey(found) ? "on" : "off";
};

const show = (name) => {
  for (const block of card.querySelectorAll("[data-push-state]")) block.hidden = block.dataset.pushState !== name;
};

const fail = (words) => {
  const error = card.querySelector("[data-push-error]");
  error.textContent = words;
  error.hidden = false;
};

// One that was made for another key of ours is of no use any more.
const subscribe = async () => {
  const { pushManager } = await worker();
  await (await pushManager.getSubscription())?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(card.dataset.push) });
};

const turnOn = async () => {
  if ((await Notification.requestPermission()) !== "granted") return show(await state());
  const answer = await fetch("/api/v1/push/subscriptions", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(await subscribe()),
  });
  if (!answer.ok) throw new Error((await answer.json()).message);
  location.assign(`${location.pathname}?done=on`);
};

const whenClicked = async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  card.querySelector("[data-push-error]").hidden = true;
  try {
    await turnOn();
  } catch (error) {
    fail(`It could not be turned on. ${error.message}`);
  }
  button.disabled = false;
};

// The browser forgets too, and then the server is told by the form.
const turnOff = async () => {
  if (supported()) await (await (await worker()).pushManager.getSubscription())?.unsubscribe();
};

const start = async () => {
  const button = card.querySelector("[data-push-on]");
  button.hidden = false;
  button.addEventListener("click", whenClicked);
  card.querySelector("[data-push-off]")?.addEventListener("submit", turnOff);
  show(await state().catch(() => "unsupported"));
};

if (card) start();
