/** Geometry of the whiteboard, 1600 × 900: fewer points, what lies under a finger, where things move. Pure. */

/** @typedef {import("./messages.js").PenItem|import("./messages.js").LineItem|import("./messages.js").ShapeItem|
 *   import("./messages.js").TextItem} Item */

import { BOARD_HEIGHT, BOARD_WIDTH, STROKE_POINTS } from "./messages.js";

export const WIDTHS = { thin: 3, medium: 6, thick: 14 };
export const SIZES = { small: 26, medium: 38, large: 60 }; // also in server/classroom/teaching/sketch.py
export const LINE_HEIGHT = 1.25;
const LETTER = 0.55; // of the size: how wide a letter is on average
const TOLERANCE = 1.2; // how far a simplified stroke may lie beside the drawn one
const HEAD = 26; // length of an arrow's barbs
const WORDS = {
  pen: "Drawing",
  line: "Line",
  arrow: "Arrow",
  rectangle: "Rectangle",
  ellipse: "Ellipse",
};

const within = (value, most) => Math.min(Math.max(value, 0), most);

/** A point on the board, in whole units. */
export const onBoard = ([x, y]) => [within(Math.round(x), BOARD_WIDTH), within(Math.round(y), BOARD_HEIGHT)];

/**
 * The stroke with as few points as look the same (Ramer, Douglas, Peucker), never more than travel.
 * @param {number[][]} points x and y of each
 * @returns {number[]} x and y in turn
 */
export function simplified(points) {
  let tolerance = TOLERANCE;
  let kept = thinned(points, tolerance);
  while (kept.length > STROKE_POINTS) kept = thinned(points, (tolerance *= 2));
  return kept.flatMap(onBoard);
}

function thinned(points, tolerance) {
  const keep = new Set([0, points.length - 1]);
  const spans = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [first, last] = span;
    let far = 0;
    let at = 0;
    for (let index = first + 1; index < last; index += 1) {
      const away = distance(points[index], points[first], points[last]);
      if (away > far) [far, at] = [away, index];
    }
    if (far <= tolerance) continue;
    keep.add(at);
    spans.push([first, at], [at, last]);
  }
  return points.filter((_, index) => keep.has(index));
}

/** From a point to the line between two others. */
function distance([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? within(((x - ax) * dx + (y - ay) * dy) / length, 1) : 0;
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Points on the way from one to another, no further than `step` apart, the end among them. */
export function along([ax, ay], [bx, by], step) {
  const count = Math.max(1, Math.ceil(Math.hypot(bx - ax, by - ay) / step));
  return Array.from({ length: count }, (_, index) => {
    const part = (index + 1) / count;
    return [ax + (bx - ax) * part, ay + (by - ay) * part];
  });
}

/** The points of a stroke as pairs. */
export function pairs(points) {
  return points.flatMap((x, index) => (index % 2 ? [] : [[x, points[index + 1]]]));
}

/** The frame around an item. @param {Item} item @returns {{x: number, y: number, width: number, height: number}} */
export function frame(item) {
  const { left, top, right, bottom } = edges(item);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** @param {any} item */
function edges(item) {
  if (item.kind === "text") {
    const lines = item.text.split("\n");
    const size = SIZES[item.size ?? "medium"];
    const width = Math.max(...lines.map((line) => [...line].length)) * size * LETTER;
    return { left: item.x, top: item.y, right: item.x + width, bottom: item.y + lines.length * size * LINE_HEIGHT };
  }
  const points = item.kind === "pen" ? pairs(item.points) : [[item.x1, item.y1], [item.x2, item.y2]];
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Whether an item lies within `reach` of a point. @param {any} item */
export function hits(item, [x, y], reach) {
  const { left, top, right, bottom } = edges(item);
  if (x < left - reach || x > right + reach || y < top - reach || y > bottom + reach) return false;
  if (item.kind === "text") return true;
  const near = reach + WIDTHS[item.width ?? "medium"] / 2;
  const outline = outlineOf(item);
  return outline.some((point, index) => distance([x, y], outline[Math.max(0, index - 1)], point) <= near);
}

/** Corners that an item's line goes through. */
function outlineOf(item) {
  if (item.kind === "pen") return pairs(item.points);
  const { x1, y1, x2, y2 } = item;
  if (item.kind === "rectangle") return [[x1, y1], [x2, y1], [x2, y2], [x1, y2], [x1, y1]];
  if (item.kind !== "ellipse") return [[x1, y1], [x2, y2]];
  const turns = Array.from({ length: 33 }, (_, step) => (step / 16) * Math.PI);
  const [cx, cy, rx, ry] = [(x1 + x2) / 2, (y1 + y2) / 2, (x2 - x1) / 2, (y2 - y1) / 2];
  return turns.map((turn) => [cx + rx * Math.cos(turn), cy + ry * Math.sin(turn)]);
}

/** The item moved, no further than the board's edges. @param {any} item @returns {any} */
export function moved(item, dx, dy) {
  const { left, top, right, bottom } = edges(item);
  const across = within(left + dx, Math.max(left, BOARD_WIDTH - (right - left))) - left;
  const down = within(top + dy, Math.max(top, BOARD_HEIGHT - (bottom - top))) - top;
  if (item.kind === "text") return { ...item, x: item.x + across, y: item.y + down };
  if (item.kind === "pen") {
    return { ...item, points: item.points.map((value, index) => value + (index % 2 ? down : across)) };
  }
  return { ...item, x1: item.x1 + across, x2: item.x2 + across, y1: item.y1 + down, y2: item.y2 + down };
}

/** The path of a stroke, a line or an arrow. @param {any} item */
export function pathOf(item) {
  if (item.kind === "pen") {
    const points = pairs(item.points);
    return `M${(points.length > 1 ? points : [...points, ...points]).map(([x, y]) => `${x} ${y}`).join("L")}`;
  }
  const { x1, y1, x2, y2 } = item;
  const line = `M${x1} ${y1}L${x2} ${y2}`;
  if (item.kind === "line") return line;
  const back = Math.atan2(y1 - y2, x1 - x2);
  const [a, b] = [-0.5, 0.5].map((turn) => `${x2 + HEAD * Math.cos(back + turn)} ${y2 + HEAD * Math.sin(back + turn)}`);
  return `${line}M${a}L${x2} ${y2}L${b}`;
}

/** What an item is, for those who don't see it. @param {any} item */
export function words(item) {
  if (item.kind === "text") return `Text “${item.text.replaceAll("\n", " ")}”`;
  const where = place(edges(item));
  const colour = item.colour && item.colour !== "ink" ? `${item.colour} ` : "";
  return `${`${colour}${WORDS[item.kind].toLowerCase()}`.replace(/^./, (letter) => letter.toUpperCase())}, ${where}`;
}

function place({ left, top, right, bottom }) {
  const across = ["left", "middle", "right"][Math.min(2, Math.floor(((left + right) / 2 / BOARD_WIDTH) * 3))];
  const down = ["top", "centre", "bottom"][Math.min(2, Math.floor(((top + bottom) / 2 / BOARD_HEIGHT) * 3))];
  if (down === "centre") return across === "middle" ? "in the middle" : `on the ${across}`;
  return across === "middle" ? `at the ${down}` : `at the ${down} ${across}`;
}
