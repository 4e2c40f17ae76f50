// Says so while the browser has no network, and that it is back.

export const tellOffline = () => {
  const banner = document.querySelector("[data-offline]");
  if (!banner) return;
  const tell = () => {
    banner.hidden = navigator.onLine;
  };
  addEventListener("offline", tell);
  addEventListener("online", tell);
  tell();
};
