import type * as FastCheck from 'fast-check';
import { vi } from 'vitest';

/** At most so many cases a law, the same ones for every mutant, and no search for a smaller one. */
const most = Number(process.env['LAW_RUNS'] ?? 100);

vi.mock('fast-check', async (original) => {
  const { default: fc } = await original<typeof FastCheck>();
  const assert = (property: FastCheck.IRawProperty<unknown>, given: FastCheck.Parameters<unknown> = {}) =>
    fc.assert(property, {
      seed: 2026,
      endOnFailure: true,
      ...given,
      numRuns: Math.min(given.numRuns ?? most, most),
    });
  return { ...fc, default: { ...fc, assert } };
});
