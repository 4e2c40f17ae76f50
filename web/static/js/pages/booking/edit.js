// The parts of the form at the left: the one in view is marked.

const steps = new Map();
for (const link of document.querySelectorAll(".create-steps a")) {
  const part = document.querySelector(link.hash);
  if (part) steps.set(part, link);
}

const seen = new Set();
const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target);
  const current = [...steps.keys()].find((part) => seen.has(part));
  for (const [part, link] of steps) {
    if (part === current) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  }
}, { rootMargin: "-10% 0px -50%" });
for (const part of steps.keys()) observer.observe(part);
