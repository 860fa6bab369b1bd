// PURE. The columns of a tree as they come over the wire, and how a later piece is merged into them.
//
// The guarantee: merging the piece "after k" into the bones up to k gives exactly the bones up to n.
// Rows are joined by ordinal; a row that comes again replaces the old one whole.

/** The kind of the row, ordinal 0, under which hangs what waits for a parent that was not received. It is no node. */
export const NOT_RECEIVED = "not_received";
export const FLAG = Object.freeze({ error: 1, running: 2, candidate: 4, answer: 8, value: 16, visits: 32, prior: 64, scale: 128 });
const TABLES = ["kind", "fate", "reason", "verdict", "verifier"];
const COLUMNS = ["ordinal", "parent", "start", "kind", "fate", "reason", "verdict", "verifier", "cost", "tokens", "flags"];

/** Bones of a run of which nothing is known yet. */
export function emptyBones(run) {
  return {
    run, seq: -1, after: -1, is_over: false,
    names: Object.fromEntries(TABLES.map((table) => [table, []])),
    columns: Object.fromEntries(COLUMNS.map((column) => [column, []])),
  };
}

/** Old index → index in `into`; names that `into` lacks are appended to it. */
function renumber(names, into) {
  return names.map((name) => {
    const at = into.indexOf(name);
    return at >= 0 ? at : into.push(name) - 1;
  });
}

/** New bones: `base` with every row of `piece` replaced or added, sorted by ordinal. */
export function mergeBones(base, piece) {
  if (base.columns.ordinal.length === 0) return piece;
  const seq = Math.max(base.seq, piece.seq);
  const { is_over } = piece.seq >= base.seq ? piece : base;
  if (piece.columns.ordinal.length === 0) return { ...base, seq, is_over };
  const names = Object.fromEntries(TABLES.map((table) => [table, [...base.names[table]]]));
  const maps = Object.fromEntries(TABLES.map((table) => [table, renumber(piece.names[table], names[table])]));
  const order = interleave(base.columns.ordinal, piece.columns.ordinal);
  const columns = {};
  for (const column of COLUMNS) {
    columns[column] = pick(order, base.columns[column], piece.columns[column], maps[column]);
  }
  return withoutIdle({ run: base.run, seq, after: base.after, is_over, names, columns });
}

/** Whether a node is at work: when its run is over, it only never told its end. */
export function isRunning(bones, row) {
  return !bones.is_over && (bones.columns.flags[row] & FLAG.running) !== 0;
}

/** Whether the first row stands for parents that were not received. */
export function hasAbsent(bones) {
  const { ordinal, kind } = bones.columns;
  return ordinal[0] === 0 && bones.names.kind[kind[0]] === NOT_RECEIVED;
}

/** When the last of them has come, that row is no more. */
function withoutIdle(bones) {
  if (!hasAbsent(bones) || bones.columns.parent.includes(0)) return bones;
  const columns = Object.fromEntries(COLUMNS.map((column) => [column, bones.columns[column].slice(1)]));
  return { ...bones, columns };
}

/** For each row of the result: its row in `base` (≥ 0), or ~row in `piece`, which wins where both have it. */
function interleave(base, piece) {
  const sorted = piece.map((_, row) => row).sort((a, b) => piece[a] - piece[b]);
  const order = [];
  let left = 0;
  for (const right of sorted) {
    while (left < base.length && base[left] < piece[right]) order.push(left++);
    if (left < base.length && base[left] === piece[right]) left++;
    order.push(~right);
  }
  while (left < base.length) order.push(left++);
  return order;
}

function pick(order, base, piece, map) {
  const fromPiece = map ? (row) => (piece[row] < 0 ? piece[row] : map[piece[row]]) : (row) => piece[row];
  return order.map((row) => (row >= 0 ? base[row] : fromPiece(~row)));
}

/** Bones as plain rows with words for numbers: for tests and for reading by people. */
export function describe(bones) {
  const { columns, names } = bones;
  return columns.ordinal.map((_, row) => Object.fromEntries(COLUMNS.map((column) => {
    const value = columns[column][row];
    return [column, names[column] ? names[column][value] ?? null : value];
  })));
}
