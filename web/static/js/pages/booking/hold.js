// How long a seat is still held, by the server's clock: it said how many seconds are left when it answered, and only
// their passing is measured here. At the end the server is asked what became of the seat.

const TICK_MS = 1000;

const answeredAt = () => {
  const [navigation] = performance.getEntriesByType("navigation");
  return performance.timeOrigin + (navigation?.responseStart ?? 0);
};

const two = (number) => String(number).padStart(2, "0");

// "14:59", "1:59:59"
const words = (seconds) => {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};

const keep = (timer, since) => {
  const all = Number(timer.dataset.countdown);
  const tick = () => {
    const left = Math.ceil(all - (Date.now() - since) / 1000);
    if (left <= 0) {
      clearInterval(ticking);
      timer.textContent = "0:00";
      if (all > 0 && !document.querySelector("form[aria-busy=true]")) location.replace(location.href);
      return;
    }
    timer.textContent = words(left);
  };
  const ticking = setInterval(tick, TICK_MS);
  tick();
};

for (const timer of document.querySelectorAll("[data-countdown]")) keep(timer, answeredAt());
