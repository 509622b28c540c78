import { describe, expect, test } from 'vitest';
import type { PlannedAsk } from '../../src/engine/decision.ts';
import { cycleOf, recordOf } from '../../src/engine/plan.ts';
import { DAY } from '../../src/engine/time.ts';
import { anOpening, aView, day } from '../builders.ts';

const ask: PlannedAsk = {
  accountId: 'acme',
  trigger: 'email',
  cycle: '3',
  kind: 'ask',
  channel: 'email',
  template: 'words',
  personId: 'ada',
  status: 'scheduled',
  decidedAt: day(0),
  dueAt: day(1),
  expiresAfter: DAY,
  again: 'never',
  priority: 50,
  readiness: { at: day(0), value: 70, contributions: [], dampers: [] },
  gates: [],
};

describe('a planned ask', () => {
  test('stands in the ledger before it is stored', () => {
    expect(recordOf(ask)).toEqual({
      id: 'planned:email/3',
      accountId: 'acme',
      personId: 'ada',
      trigger: 'email',
      kind: 'ask',
      channel: 'email',
      cycle: '3',
      status: 'scheduled',
      decidedAt: day(0),
      dueAt: day(1),
      readiness: 70,
      again: 'never',
    });
  });

  test('as a card is open at once, unless nobody is to see it', () => {
    expect(recordOf({ ...ask, channel: 'nudge' }).status).toBe('open');
    expect(recordOf({ ...ask, channel: 'nudge', status: 'held_out' }).status).toBe('held_out');
    expect(recordOf({ ...ask, status: 'shadow' }).status).toBe('shadow');
  });
});

test('a cycle is its event, else how often the trigger has asked', () => {
  const view = aView({ agenda: { openings: {}, cycles: { email: 2 }, verdicts: {} } });
  expect(cycleOf(view, 'email', anOpening({ id: 'nps:1' }))).toBe('nps:1');
  expect(cycleOf(view, 'email', undefined)).toBe('2');
  expect(cycleOf(view, 'other', undefined)).toBe('0');
});
