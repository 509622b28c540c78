import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdoutPoint, isHeldOut } from '../../src/engine/holdout.ts';
import { sha256 } from '../../src/engine/sha256.ts';

const hex = (words: Uint32Array) => [...words].map((word) => word.toString(16).padStart(8, '0')).join('');

describe('sha256', () => {
  test.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000])(
    'agrees with node:crypto on a text of %i bytes',
    (length) => {
      const text = 'a'.repeat(length);
      expect(hex(sha256(text))).toBe(createHash('sha256').update(text).digest('hex'));
    },
  );

  test('agrees with node:crypto on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(hex(sha256(text))).toBe(createHash('sha256').update(text).digest('hex'));
      }),
    );
  });
});

describe('the comparison group', () => {
  test('is drawn by the first four bytes of the hash', () => {
    const bytes = createHash('sha256').update('holdout:acme').digest();
    expect(holdoutPoint('acme')).toBe(bytes.readUInt32BE(0) / 2 ** 32);
  });

  test('is stable and nests: who is in at a smaller share is in at a larger one', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (id, a, b) => {
          const [small, large] = a < b ? [a, b] : [b, a];
          expect(isHeldOut(id, small)).toBe(isHeldOut(id, small));
          if (isHeldOut(id, small)) expect(isHeldOut(id, large)).toBe(true);
        },
      ),
    );
  });

  test('begins below its share: who lies exactly there is asked', () => {
    const point = holdoutPoint('acme');
    expect(isHeldOut('acme', point)).toBe(false);
    expect(isHeldOut('acme', point + 2 ** -32)).toBe(true);
  });

  test('holds nobody at 0 and everybody at 1', () => {
    const ids = Array.from({ length: 200 }, (_, n) => `account-${n}`);
    expect(ids.filter((id) => isHeldOut(id, 0))).toEqual([]);
    expect(ids.filter((id) => !isHeldOut(id, 1))).toEqual([]);
  });

  test('is about as large as it says', () => {
    const ids = Array.from({ length: 5000 }, (_, n) => `account-${n}`);
    const share = ids.filter((id) => isHeldOut(id, 0.1)).length / ids.length;
    expect(share).toBeGreaterThan(0.085);
    expect(share).toBeLessThan(0.115);
  });
});
