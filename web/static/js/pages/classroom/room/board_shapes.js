/** Items of the whiteboard as SVG. */

import { frame, LINE_HEIGHT, pathOf, SIZES, WIDTHS } from "../../../room/drawing.js";

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} tag @param {Record<string, string|number>} attributes @returns {any} */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** @param {any} item */
export function shape(item) {
  const colour = `ink-${item.colour ?? "ink"}`;
  if (item.kind === "text") return text(item, colour);
  const look = { class: `board-line ${colour}`, "stroke-width": WIDTHS[item.width ?? "medium"] };
  const { x, y, width, height } = frame(item);
  if (item.kind === "rectangle") return svg("rect", { x, y, width, height, ...look });
  if (item.kind !== "ellipse") return svg("path", { d: pathOf(item), ...look });
  return svg("ellipse", { cx: x + width / 2, cy: y + height / 2, rx: width / 2, ry: height / 2, ...look });
}

function text(item, colour) {
  const size = SIZES[item.size ?? "medium"];
  const lines = item.text.split("\n").map((line, index) =>
    svg("tspan", { x: item.x, y: item.y + size * (0.8 + index * LINE_HEIGHT) }, line));
  return svg("text", { class: `board-words ${colour}`, "font-size": size }, ...lines);
}
