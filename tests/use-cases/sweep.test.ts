import { describe, expect, test } from 'vitest';
import { valuesOf } from '../../src/use-cases/sweep.ts';

describe('the range of a sweep', () => {
  test.each([
    ['50..80:10', ['50', '60', '70', '80']],
    ['0.5..1:0.25', ['0.5', '0.75', '1']],
    ['7d..28d:7d', ['7d', '14d', '21d', '28d']],
    ['7d..21d:7', ['7d', '14d', '21d']],
    ['7..21d:7', ['7d', '14d', '21d']],
    ['10%..30%:10%', ['10%', '20%', '30%']],
    ['30d, 45d,60d', ['30d', '45d', '60d']],
  ])('%s is each of its values in turn', (range, values) => {
    expect(valuesOf(range)).toEqual(values);
  });

  test.each([
    ['80..50:10', '"80..50:10" goes down; write the lower end first, like 50..80:10'],
    ['7d..8w:7d', '"7d..8w:7d" is of several units; write one throughout, like 7d..28d:7d'],
    ['1d..21d:1w', '"1d..21d:1w" is of several units; write one throughout, like 7d..28d:7d'],
    ['0..100:1', '"0..100:1" makes 101 values, expected 1 to 50'],
    ['50..80', 'got the range "50..80", expected from..to:step like 50..80:10'],
    ['', 'got the range "", expected from..to:step like 50..80:10'],
  ])('%s is refused, and says what to write', (range, said) => {
    expect(() => valuesOf(range)).toThrow(said);
  });
});
