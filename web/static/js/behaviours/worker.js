// Has the service worker installed, once the page itself is there: it shows a page of ours without a network, and pushes.

export const installWorker = () => {
  if (!("serviceWorker" in navigator)) return;
  const install = () => navigator.serviceWorker.register("/service-worker.js").catch(() => {}); // not over a certificate of one's own
  if (document.readyState === "complete") install();
  else addEventListener("load", install);
};
