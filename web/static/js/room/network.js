/** Calls `changed` when the way to the network is another one, or there is one again. */
export function watchNetwork(changed) {
  addEventListener("online", changed);
  const link = /** @type {any} */ (navigator).connection; // Network Information, not in every browser
  let type = link?.type;
  link?.addEventListener("change", () => {
    if (link.type === type) return; // only its estimates of speed differ
    type = link.type;
    if (type !== "none") changed();
  });
}
