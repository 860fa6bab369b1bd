// PURE. What a run had spent of its limits, from the values of its tracks; drawn and said as the control bar does it.

const WARM = 0.8;

/** The limits of a run at a moment: amounts in units of each dimension, shares of the bar, null where unknown. */
export function limitsIn(values, deepest) {
  const names = new Set(Object.keys(values).filter((name) => name.startsWith("limit.")).map((name) => name.split(".")[1]));
  return [...names].map((name) => {
    const [hard, soft] = [values[`limit.${name}.hard`] ?? null, values[`limit.${name}.soft`] ?? null];
    // The level of the deepest node is known from the tree alone.
    const spent = name === "depth" ? deepest : values[`limit.${name}.spent`] ?? null;
    return limitOf({ name, hard, soft, spent });
  }).filter(({ hard, soft }) => hard !== null || soft !== null);
}

function limitOf({ name, hard, soft, spent }) {
  const whole = hard ?? soft;
  const share = shareOf(spent, whole);
  const softShare = hard === null ? null : shareOf(soft, whole);
  const isWarm = (share ?? 0) >= WARM || (softShare !== null && (share ?? 0) >= softShare);
  const tone = hard !== null && spent > hard ? "over" : isWarm ? "warm" : null;
  return { name, hard, soft, spent, whole, share, softShare, tone };
}

const shareOf = (amount, whole) => (amount === null || whole === null ? null : whole ? Math.min(1, amount / whole) : Number(amount > 0));

/** "$0.31 of $0.50". */
export function limitWords({ name, spent, whole }, words) {
  return words.of.replace("{spent}", spent === null ? words.unknown : amountWords(name, spent)).replace("{limit}", amountWords(name, whole));
}

/** "$0.31", "12.5 s", "1,200". */
export function amountWords(name, amount) {
  if (name === "usd") return amount === 0 || amount >= 0.01 ? `$${fixed(amount, 2, 2)}` : `$${Number(amount.toPrecision(2))}`;
  if (name === "seconds") return `${fixed(amount, 0, 1)} s`;
  return fixed(amount, 0, 0);
}

const fixed = (amount, least, most) => amount.toLocaleString("en-US", { minimumFractionDigits: least, maximumFractionDigits: most });
