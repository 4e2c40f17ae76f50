/** Where tiles stand on the stage. Pure: sizes in CSS pixels in, rectangles out. */

/** @typedef {{x: number, y: number, width: number, height: number}} Rect */

const GAP = 8;
const WIDE = 16 / 9;
const NARROW_STAGE = 600; // below it tiles may be taller than 16:9, so that two people fill a phone
const SHAPES = [WIDE, 4 / 3, 1, 4 / 5];
const STRIP = { share: 0.2, most: 232, least: 112 }; // a strip tile's width, by the stage's larger side

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

/**
 * How wide a picture of `shape` is painted in `rect`: cropped ones fill it, others are seen whole.
 * @param {Rect} rect
 */
export function painted({ width, height }, shape, cropped) {
  return cropped ? Math.max(width, height * shape) : Math.min(width, height * shape);
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

/** A strip of `count` tiles at the right or below; tiles shrink, to a limit, so that all fit. */
function strip(count, width, height, upright) {
  const fair = (upright ? height * WIDE : width) / count - GAP;
  const preferred = Math.min(STRIP.most, Math.max(width, height) * STRIP.share);
  const tileWidth = clamp(Math.min(fair, preferred), STRIP.least, STRIP.most);
  const tile = { width: tileWidth, height: tileWidth / WIDE };
  const stage = upright
    ? { width: width - tile.width - GAP, height }
    : { width, height: height - tile.height - GAP };
  return { tile, upright, stage };
}

/** The strip stands where it leaves the larger picture. */
function bestStrip(count, width, height, shape) {
  const options = [true, false].map((upright) => strip(count, width, height, upright));
  const picture = ({ stage }) => area(fit(stage.width, stage.height, shape));
  return picture(options[0]) > picture(options[1]) ? options[0] : options[1];
}

/** Our own picture, small, in the corner of the stage, over the others. @returns {Rect} */
export function corner(width, height) {
  const tileWidth = clamp(Math.max(width, height) * STRIP.share, STRIP.least, STRIP.most);
  const tile = { width: tileWidth, height: tileWidth / WIDE };
  return { x: width - tile.width - GAP, y: height - tile.height - GAP, ...tile };
}

function featuredRect(stage, shape) {
  const allowed = shape ? [shape] : shapes(stage.width);
  const { width, height } = largest(allowed.map((one) => fit(stage.width, stage.height, one)));
  return { x: (stage.width - width) / 2, y: (stage.height - height) / 2, width, height };
}

/**
 * One large tile and the others in a strip. `shape` is the large one's width by height (a shared
 * screen's own), 0 for a camera. Strip tiles that do not fit get no rectangle: the list is shorter.
 * @returns {{featured: Rect, strip: Rect[]}}
 */
export function speaker(others, width, height, shape) {
  if (!others) return { featured: featuredRect({ width, height }, shape), strip: [] };
  const { tile, upright, stage } = bestStrip(others, width, height, shape || WIDE);
  const [length, size] = upright ? [height, tile.height] : [width, tile.width];
  const shown = Math.min(others, Math.max(1, Math.floor((length + GAP) / (size + GAP))));
  const start = (length - shown * size - (shown - 1) * GAP) / 2;
  const places = Array.from({ length: shown }, (_, index) => {
    const along = start + index * (size + GAP);
    return upright
      ? { x: stage.width + GAP, y: along, ...tile }
      : { x: along, y: stage.height + GAP, ...tile };
  });
  return { featured: featuredRect(stage, shape), strip: places };
}
