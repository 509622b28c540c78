import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKnown, type Versioned } from '../../src/db/known.ts';

const row = (id: string, size: number): Versioned => ({ id, size, version: { xmin: '1', ctid: '(0,1)' } });

describe('rows that this process knows', () => {
  test('one that is asked for again and again stays, however many come', () => {
    const known = createKnown<Versioned>(100);
    const asked = row('asked', 10);
    known.keep(asked);
    for (let n = 0; n < 1000; n += 1) {
      known.keep(row(`other ${n}`, 10));
      expect(known.get('asked')).toBe(asked);
    }
    expect(known.get('other 0')).toBeUndefined();
  });

  test('the one who is going to change a row takes it away', () => {
    const known = createKnown<Versioned>(100);
    known.keep(row('a', 10));
    expect(known.take('a')?.id).toBe('a');
    expect(known.get('a')).toBeUndefined();
    expect(known.take('a')).toBeUndefined();
  });

  const action = fc.record({
    kind: fc.constantFrom('keep', 'get', 'take'),
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    size: fc.integer({ min: 0, max: 60 }),
  });

  test('law: it answers what was kept last or nothing, and never holds more than its limit', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const known = createKnown<Versioned>(100);
        const last = new Map<string, Versioned>();
        for (const { kind, id, size } of actions) {
          if (kind === 'keep') {
            const kept = row(id, size);
            known.keep(kept);
            last.set(id, kept);
          } else {
            const found = kind === 'get' ? known.get(id) : known.take(id);
            if (found !== undefined) expect(found).toBe(last.get(id));
            if (kind === 'take') last.delete(id);
          }
        }
        const held = [...last.keys()].flatMap((id) => known.take(id) ?? []);
        const sizes = held.map(({ size }) => size);
        // A single row above half of the limit is kept all the same, until others push it out.
        const total = sizes.reduce((sum, size) => sum + size, 0);
        expect(total - Math.max(0, ...sizes)).toBeLessThanOrEqual(100);
      }),
    );
  });
});
