// PURE. A typed array that grows at its end: as a plain array takes numbers, and as little memory as it can.

export class Growing {
  constructor(Type) {
    this.Type = Type;
    this.values = new Type(1024);
    this.length = 0;
  }

  /** @param {number} missing stands for null. */
  append(values, missing = NaN) {
    this.#reserve(this.length + values.length);
    for (let at = 0; at < values.length; at++) this.values[this.length + at] = values[at] ?? missing;
    this.length += values.length;
  }

  push(value) {
    this.#reserve(this.length + 1);
    this.values[this.length++] = value;
  }

  at(place) {
    return this.values[place];
  }

  /** How many values come before the first that is greater than `value`; they must be in order. */
  upTo(value) {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle] > value) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #reserve(length) {
    if (length <= this.values.length) return;
    const grown = new this.Type(Math.max(length, this.values.length * 2));
    grown.set(this.values);
    this.values = grown;
  }
}
