/** Two people changed the same paragraph: one text of both, where they changed different parts. Pure. */

/** Where `now` differs from `before`: one span of it, and what stands there. */
export function change(before, now) {
  const most = Math.min(before.length, now.length);
  let start = 0;
  while (start < most && before[start] === now[start]) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === now.at(-1 - end)) end += 1;
  return { start, end: before.length - end, text: now.slice(start, now.length - end) };
}

/**
 * @param {string} base what both read @param {string} mine @param {string} theirs
 * @returns {string|null} null where they changed the same words
 */
export function merged(base, mine, theirs) {
  if (mine === theirs || base === mine) return theirs;
  if (base === theirs) return mine;
  const [a, b] = [change(base, mine), change(base, theirs)];
  const [first, second] = a.start < b.start || (a.start === b.start && a.end < b.end) ? [a, b] : [b, a];
  const insertions = first.start === first.end && second.start === second.end;
  if (first.end > second.start) return null;
  if (first.start === second.start && !insertions) return null;
  return base.slice(0, first.start) + first.text + base.slice(first.end, second.start) + second.text + base.slice(second.end);
}

/** Where a caret at `at` of `before` belongs in `now`. */
export function caretAfter(before, now, at) {
  const { start, end, text } = change(before, now);
  if (at <= start) return at;
  return at >= end ? at + text.length - (end - start) : start + text.length;
}
