// PURE. How long after the start something was, in words.

/** 2100000 µs → "2.1 s after the start"; "" where no time is told. */
export function since(micros, words) {
  if (micros === null || Number.isNaN(micros)) return "";
  return (micros < 0 ? words.before : words.after).replace("{time}", span(Math.abs(micros) / 1e6));
}

function span(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
