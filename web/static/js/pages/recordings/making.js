// How far the film is, until it is there. Who is watching meanwhile is not interrupted.

const EVERY_MS = 2000;
const SLOWER_MS = 10_000; // when the server did not answer
const SAID_EACH = 25; // per cent: a live region is for milestones

// The same words as recordings/parts/making.html.
const about = (seconds) => {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 50) return "less than a minute left";
  if (seconds < 90) return "about a minute left";
  return `about ${Math.floor((seconds + 30) / 60)} minutes left`;
};

/** @param {HTMLElement} main @param {() => boolean} busy whether somebody watches @param swap brings the page anew */
export const followMaking = (main, address, busy, swap) => {
  const part = (name) => main.querySelector(`[data-${name}]`);
  const before = part("progress") ? "making" : "finalising";
  let said = 0;

  const show = ({ state, done_ms, total_ms, left_s }) => {
    if (state !== "composing" || !total_ms) return;
    const [bar, share] = [part("progress").querySelector("progress"), Math.floor((100 * done_ms) / total_ms)];
    const [words, estimate] = part("progress").querySelectorAll("p > span");
    bar.value = share;
    words.textContent = "Making the film of the lesson";
    bar.setAttribute("aria-label", words.textContent);
    estimate.textContent = about(left_s);
    if (share >= said + SAID_EACH) {
      said = share - (share % SAID_EACH);
      part("said").textContent = `The film is ${said} per cent done. ${about(left_s)}`;
    }
  };

  const offer = () => {
    part("film-there").hidden = false;
    part("progress").hidden = true;
    part("said").textContent = "The film is ready.";
    part("show-film").addEventListener("click", () => swap(true));
  };

  const look = async () => {
    let wait = EVERY_MS;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.status === 404) return; // nothing more to hear
      const { data } = await answer.json();
      const making = data.film && ["queued", "composing"].includes(data.film.state);
      const now = making ? "making" : data.state === "finalising" ? "finalising" : "over";
      if (now !== before) {
        if (before === "making" && data.film?.state === "ready" && busy()) return offer();
        return await swap(false);
      }
      if (making) show(data.film);
    } catch {
      wait = SLOWER_MS;
    }
    setTimeout(look, wait);
  };
  setTimeout(look, EVERY_MS);
};
