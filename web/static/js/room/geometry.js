/** Where tiles stand on the stage. Pure: sizes in CSS pixels in, rectangles out. */

/** @typedef {{x: number, y: number, width: number, height: number}} Rect */

const GAP = 8;
const WIDE = 16 / 9;
const NARROW_STAGE = 600; // below it tiles may be taller than 16:9, so that two people fill a phone
const SHAPES = [WIDE, 4 / 3, 1, 4 / 5];
const SIDE_STRIP = { share: 0.2, least: 150, most: 232 }; // of the stage's width
const LOW_STRIP = { share: 0.2, least: 76, most: 132 }; // of the stage's height

function shapes(width) {
  return width < NARROW_STAGE ? SHAPES : [WIDE];
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

/** The largest box of `shape` in `width` × `height`. */
function fit(width, height, shape) {
  const fitted = Math.min(width, height * shape);
  return { width: fitted, height: fitted / shape };
}

function area(box) {
  return box.width * box.height;
}

function largest(boxes) {
  return boxes.reduce((best, box) => (area(box) > area(best) ? box : best));
}

/** Columns and tile size that make `count` tiles as large as they can be. */
function bestGrid(count, width, height) {
  const options = [];
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const room = [(width - GAP * (columns - 1)) / columns, (height - GAP * (rows - 1)) / rows];
    for (const shape of shapes(width)) options.push({ columns, rows, ...fit(room[0], room[1], shape) });
  }
  return largest(options);
}

/** Tiles of one size in rows, the last row centred. @returns {Rect[]} */
export function grid(count, width, height) {
  if (!count) return [];
  const tile = bestGrid(count, width, height);
  const top = (height - tile.rows * tile.height - (tile.rows - 1) * GAP) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / tile.columns);
    const inRow = Math.min(tile.columns, count - row * tile.columns);
    const left = (width - inRow * tile.width - (inRow - 1) * GAP) / 2;
    return {
      x: left + (index % tile.columns) * (tile.width + GAP),
      y: top + row * (tile.height + GAP),
      width: tile.width,
      height: tile.height,
    };
  });
}

function sideways(width, height) {
  const strip = clamp(width * SIDE_STRIP.share, SIDE_STRIP.least, SIDE_STRIP.most);
  const tile = { width: strip, height: strip / WIDE };
  return { tile, upright: true, stage: { width: width - strip - GAP, height } };
}

function below(width, height) {
  const strip = clamp(height * LOW_STRIP.share, LOW_STRIP.least, LOW_STRIP.most);
  const tile = { width: strip * WIDE, height: strip };
  return { tile, upright: false, stage: { width, height: height - strip - GAP } };
}

/** The strip stands where it leaves the larger picture. */
function bestStrip(width, height) {
  const [side, low] = [sideways(width, height), below(width, height)];
  const picture = ({ stage }) => area(fit(stage.width, stage.height, WIDE));
  return picture(side) > picture(low) ? side : low;
}

function featuredRect(stage, whole) {
  const { width, height } = whole
    ? stage
    : largest(shapes(stage.width).map((shape) => fit(stage.width, stage.height, shape)));
  return { x: (stage.width - width) / 2, y: (stage.height - height) / 2, width, height };
}

/**
 * One large tile and the others in a strip. `whole` gives it all the room (a shared screen of any
 * shape). Strip tiles that do not fit get no rectangle: the returned list is shorter than `others`.
 * @returns {{featured: Rect, strip: Rect[]}}
 */
export function speaker(others, width, height, whole) {
  if (!others) return { featured: featuredRect({ width, height }, whole), strip: [] };
  const { tile, upright, stage } = bestStrip(width, height);
  const [length, size] = upright ? [height, tile.height] : [width, tile.width];
  const shown = Math.min(others, Math.max(1, Math.floor((length + GAP) / (size + GAP))));
  const start = (length - shown * size - (shown - 1) * GAP) / 2;
  const strip = Array.from({ length: shown }, (_, index) => {
    const along = start + index * (size + GAP);
    return upright
      ? { x: stage.width + GAP, y: along, ...tile }
      : { x: along, y: stage.height + GAP, ...tile };
  });
  return { featured: featuredRect(stage, whole), strip };
}
