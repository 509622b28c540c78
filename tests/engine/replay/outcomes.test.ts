import { describe, expect, test } from 'vitest';
import { askIdOf } from '../../../src/engine/replay/ask-id.ts';
import type { Reported } from '../../../src/engine/replay/world.ts';
import { HOUR, type Instant, SECOND } from '../../../src/engine/time.ts';
import { aCatalog, aTrigger, day, someGuardrails } from '../../builders.ts';
import { aReport, playEach } from './histories.ts';

const guardrails = someGuardrails({ quietHours: { from: 0, to: 0, weekends: 'normal' } });
const catalogOf = (minimumTenure = 0) =>
  aCatalog({
    triggers: [aTrigger({ name: 'card', on: ['Workflow Completed'], channel: 'nudge', expires: 6 * HOUR })],
    guardrails: { ...guardrails, perAccount: { ...guardrails.perAccount, minimumTenure } },
  });

const deed = aReport({ id: 'test:deed', occurredAt: day(0) });
const id = askIdOf('nudge', 'acme', 'card', deed.id);

/** Our own word on the card, as a history has it. */
const told = (step: string, occurredAt: Instant, properties: Reported['properties'] = {}): Reported =>
  aReport({
    id: `goodturn:${id}:${step.toLowerCase()}`,
    source: 'goodturn',
    name: `Ask ${step}`,
    occurredAt,
    properties: { ask_id: id, ...properties },
  });

const statuses = (history: readonly Reported[], minimumTenure?: number) =>
  playEach(catalogOf(minimumTenure), history, {}, day(1)).asks.map(({ status }) => status);

describe('what becomes of a card', () => {
  test('of which the history tells nothing: it is seen at once, and left unanswered', () => {
    expect(statuses([deed])).toEqual(['ignored']);
  });

  test('that nobody saw, as the history tells', () => {
    expect(statuses([deed, told('Scheduled', day(0))])).toEqual(['expired']);
  });

  test('is what the history tells, also where it tells of it only some seconds later', () => {
    expect(statuses([deed, told('Scheduled', day(0) + 7 * SECOND)])).toEqual(['expired']);
  });

  test('that was answered unseen', () => {
    const at = day(0) + HOUR;
    expect(statuses([deed, told('Scheduled', day(0)), told('Accepted', at), told('Shown', at)])).toEqual([
      'accepted',
    ]);
  });

  test('that was made later than the history tells: again it is seen at once', () => {
    const created = aReport({
      id: 'test:created',
      name: 'Account Updated',
      occurredAt: day(-1),
      properties: { created_at: new Date(day(-1)).toISOString() },
    });
    // Two hours later the account is old enough.
    const history = [created, deed, told('Scheduled', day(0)), told('Declined', day(0) + HOUR)];
    expect(statuses(history, 26 * HOUR)).toEqual(['ignored']);
  });
});
