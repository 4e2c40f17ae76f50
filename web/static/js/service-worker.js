// Runs beside all pages: shows what is pushed, and a page of our own where the network is away. It keeps the few files of
// that page and nothing else: what belongs to a person is never stored. `SHELL` is written in front by the server.

const { version, page, files, icon, badge } = self.SHELL;
const CACHE = `offline-${version}`;
const CENTRE = "/communication/notifications";
const SUBSCRIPTIONS = "/api/v1/push/subscriptions";

// --- coming and going

// Asked for as nobody: what is kept must not say whose browser it is.
const store = async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([page, ...files].map((path) => new Request(path, { credentials: "omit" })));
  await self.skipWaiting();
};

const takeOver = async () => {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
};

self.addEventListener("install", (event) => event.waitUntil(store()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

// --- without a network

const visit = async (event) => {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(page)) ?? Response.error();
  }
};

const fetchOrKept = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== self.location.origin || request.method !== "GET" || pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") event.respondWith(visit(event));
  else if (files.includes(pathname + search)) event.respondWith(fetchOrKept(request));
});

// --- what is pushed

const show = async (data) => {
  const told = data?.json() ?? {};
  await self.registration.showNotification(told.title ?? "PeerLearn", {
    body: told.body ?? "",
    tag: told.tag ?? "",
    icon,
    badge,
    data: { path: told.path ?? "" },
  });
};

// No tab is taken to another address: somebody may be writing in it, or in a lesson.
const open = async (path) => {
  const address = new URL(path || CENTRE, self.location.origin);
  const target = address.origin === self.location.origin ? address.href : new URL(CENTRE, self.location.origin).href;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((one) => one.url === target);
  return there ? there.focus() : self.clients.openWindow(target);
};

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.path));
});

// --- a browser that renews its subscription by itself

const answerOf = async (path, options = {}) => {
  const answer = await fetch(path, { credentials: "same-origin", ...options });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()).data;
};

const renew = async (event) => {
  const { public_key: key, devices } = await answerOf(SUBSCRIPTIONS);
  if (!key || !devices.some((device) => device.here)) return;
  const options = { userVisibleOnly: true, applicationServerKey: event.oldSubscription?.options.applicationServerKey ?? key };
  const fresh = event.newSubscription ?? (await self.registration.pushManager.subscribe(options));
  const { csrf_token: token } = await answerOf("/api/v1/auth/csrf");
  await answerOf(SUBSCRIPTIONS, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(fresh),
  });
};

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
