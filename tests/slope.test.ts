import { expect, test } from 'vitest';
import { slope } from '../bench/slope.ts';

const line = (rise: number, level: number, xs: readonly number[]) =>
  xs.map((x) => ({ x, y: level + rise * x }));

test('growth is found through noise that evens out', () => {
  const noisy = line(3, 500, [0, 1, 2, 3]).map(({ x, y }, n) => ({
    x,
    y: y + (n === 1 || n === 2 ? -1 : 1),
  }));
  expect(slope([noisy])).toBeCloseTo(3);
});

test('what a restart sets back is neither growth nor loss', () => {
  expect(slope([line(0, 400, [0, 1, 2]), line(0, 900, [3, 4, 5])])).toBe(0);
  expect(slope([line(2, 400, [0, 1, 2]), line(2, 100, [3, 4, 5])])).toBeCloseTo(2);
});
