/**
 * Remembers ids in 8 bytes each. Two different ones pass for the same with a chance of about one in 2⁶³ a pair: for
 * ten million of them that is one in a hundred thousand.
 */
export type SeenIds = {
  /** True when the id is a new one. */
  readonly add: (id: string) => boolean;
};

export function createSeenIds(): SeenIds {
  let size = 1 << 12;
  let slots = new Int32Array(size * 2);
  let count = 0;
  const grow = () => {
    const old = slots;
    size *= 2;
    slots = new Int32Array(size * 2);
    for (let i = 0; i < old.length; i += 2) {
      const [one = 0, other = 0] = [old[i], old[i + 1]];
      if (one !== 0) slots.set([one, other], freeSlot(slots, size, one, other) * 2);
    }
  };
  return {
    add: (id) => {
      if (count * 2 >= size) grow();
      const one = hash(id, 0x9e3779b1) || 1;
      const other = hash(id, 0x85ebca6b);
      let slot = (one ^ (one >>> 15)) & (size - 1);
      while (slots[slot * 2] !== 0) {
        if (slots[slot * 2] === one && slots[slot * 2 + 1] === other) return false;
        slot = (slot + 1) & (size - 1);
      }
      slots[slot * 2] = one;
      slots[slot * 2 + 1] = other;
      count += 1;
      return true;
    },
  };
}

function freeSlot(slots: Int32Array, size: number, one: number, _other: number): number {
  let slot = (one ^ (one >>> 15)) & (size - 1);
  while (slots[slot * 2] !== 0) slot = (slot + 1) & (size - 1);
  return slot;
}

/** A 32-bit hash that depends on every character and on `seed`. */
function hash(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i += 1) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h ^= h >>> 13;
  }
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b | 0);
  return h ^ (h >>> 16);
}
