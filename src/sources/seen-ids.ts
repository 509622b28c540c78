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
      if (one !== 0) slots.set([one, other], freeSlot(slots, size, one) * 2);
    }
  };
  return {
    add: (id) => {
      if (count * 2 >= size) grow();
      // Both in one go: the processor works on two at a time.
      let a = 0x9e3779b1;
      let b = 0x85ebca6b;
      for (let i = 0; i < id.length; i += 1) {
        const code = id.charCodeAt(i);
        a = Math.imul(a ^ code, 0x01000193);
        a ^= a >>> 13;
        b = Math.imul(b ^ code, 0x01000193);
        b ^= b >>> 13;
      }
      const one = mixed(a) || 1;
      const other = mixed(b);
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

function freeSlot(slots: Int32Array, size: number, one: number): number {
  let slot = (one ^ (one >>> 15)) & (size - 1);
  while (slots[slot * 2] !== 0) slot = (slot + 1) & (size - 1);
  return slot;
}

/** Every bit of the result depends on every bit of the hash. */
function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b | 0);
  return h ^ (h >>> 16);
}
