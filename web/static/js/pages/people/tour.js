// The tour of a desk: its stops one by one, each pointing at its entry of the navigation. Escape ends it.

const tour = document.querySelector("[data-tour]");

const start = () => {
  const stops = [...tour.querySelectorAll("[data-tour-stop]")];
  const [back, next, place] = ["back", "next", "place"].map((name) => tour.querySelector(`[data-tour-${name}]`));
  const end = tour.querySelector("form");
  let at = 0;

  const show = () => {
    for (const [index, stop] of stops.entries()) stop.classList.toggle("here", index === at);
    document.querySelector(".tour-target")?.classList.remove("tour-target");
    document.querySelector(`.desk-nav a[href="${stops[at].dataset.tourStop}"]`)?.classList.add("tour-target");
    back.hidden = at === 0;
    next.hidden = at === stops.length - 1;
    place.textContent = `${at + 1} of ${stops.length}`;
  };
  const go = (by) => {
    at = Math.min(Math.max(at + by, 0), stops.length - 1);
    show();
    if (document.activeElement === document.body) tour.querySelector("h2").focus(); // its button is gone
  };
  back.addEventListener("click", () => go(-1));
  next.addEventListener("click", () => go(1));
  tour.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) go(step);
    if (event.key === "Escape") end.requestSubmit(end.querySelector("button"));
  });
  show();
};

if (tour) start();
