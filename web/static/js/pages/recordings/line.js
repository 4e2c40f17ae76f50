// The time line: what was played and loaded, and what lies under the pointer.

import { clock } from "./stage.js";

const WIDE = 1000; // of the drawing

export const drawLine = (stage, player) => {
  const part = (name) => player.querySelector(`[data-${name}]`);
  const { media } = stage;
  const [seek, peek] = [part("seek"), part("peek")];
  const chapters = [...player.querySelectorAll(".chapters [data-jump]")];

  const titleAt = (at) => chapters.filter((one) => Number(one.dataset.jump) / 1000 <= at).at(-1)?.lastElementChild.textContent ?? "";

  const show = () => {
    const share = stage.length ? stage.now / stage.length : 0;
    part("played").setAttribute("width", String(share * WIDE));
    part("now").textContent = clock(stage.now);
    if (!seek.matches(":active")) seek.value = String(stage.now);
    seek.setAttribute("aria-valuetext", `${clock(stage.now)} of ${clock(stage.length)}`);
    part("chapter-now").textContent = titleAt(stage.now);
  };
  const loaded = () => {
    for (let number = 0; number < media.buffered.length; number += 1) {
      if (media.buffered.start(number) <= stage.now && stage.now <= media.buffered.end(number)) {
        part("loaded").setAttribute("width", String((media.buffered.end(number) / stage.length) * WIDE));
      }
    }
  };
  const look = (event) => {
    const box = seek.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const title = titleAt(share * stage.length);
    peek.textContent = clock(share * stage.length) + (title ? ` · ${title}` : "");
    peek.hidden = false;
    const half = peek.offsetWidth / 2;
    peek.style.left = `${Math.min(box.width - half, Math.max(half, share * box.width))}px`;
  };

  seek.addEventListener("input", () => stage.seek(Number(seek.value)));
  seek.addEventListener("pointermove", look);
  for (const event of ["pointerleave", "pointercancel"]) seek.addEventListener(event, () => { peek.hidden = true; });
  for (const event of ["timeupdate", "seeking", "seeked", "loadedmetadata"]) media.addEventListener(event, show);
  for (const event of ["progress", "timeupdate"]) media.addEventListener(event, loaded);
  show();
};
