import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/engine/decide.ts';
import type { Decision } from '../../src/engine/decision.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { open } from '../../src/engine/openings.ts';
import { foldSeen } from '../../src/engine/people.ts';
import { foldAndWeigh, isSettled } from '../../src/engine/quiet.ts';
import { createEffects } from '../../src/engine/replay/effects.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { HOUR } from '../../src/engine/time.ts';
import { anEvent } from '../builders.ts';
import { play, someStory } from './stories.ts';

/** One more event of an account that has just been decided: mostly what nobody looks at. */
const oneMore = fc.record({
  name: fc.constantFrom(
    'Settings Opened',
    'Settings Opened',
    'A',
    'B',
    'C',
    'NPS Answered',
    'Person Updated',
    'Account Removed User',
  ),
  personId: fc.constantFrom('ada', 'ben', 'cleo'),
  ago: fc.constantFrom(0, 1, HOUR, 30 * HOUR),
  properties: fc.constantFrom({}, { x: 1 }, { score: 9 }),
});

describe('an event that is no news', () => {
  test('leaves every verdict as it is, and readiness, and wakes nobody sooner', () => {
    const found = { cases: 0, seen: 0, more: 0 };
    fc.assert(
      fc.property(someStory, oneMore, ({ catalog, ...story }, { ago, ...more }) => {
        found.cases += 1;
        const index = indexSignals(catalog.signals);
        const effectsOf = createEffects(catalog);
        const hasChampion = catalog.triggers.some(({ who }) => who === 'champion');
        const plain = (decisions: readonly Decision[]) =>
          decisions.map(({ trigger, cycle, verdict, holds }) => {
            const asksChampion = catalog.triggers.find(({ name }) => name === trigger)?.who === 'champion';
            return { trigger, cycle, verdict, ...(asksChampion ? {} : { holds }) };
          });
        play({ catalog, ...story }, (world, at) => {
          for (const id of world.accounts.keys()) {
            const before = world.evaluate(id, at);
            if (before.asks.length > 0 || !isSettled(before, catalog)) continue;
            const view = structuredClone(world.view(id));
            const event: Event = anEvent({
              ...more,
              id: 'one more',
              accountId: id,
              occurredAt: at - ago,
              receivedAt: at,
            });
            const meaning = foldAndWeigh(view.state, event, effectsOf, index, at, true);
            if (meaning === 'news') continue;
            found[meaning] += 1;
            const after = decide(catalog, { ...view, agenda: open(view.agenda, event, catalog) }, at);
            expect(after.asks).toEqual([]);
            expect(plain(after.decisions)).toEqual(plain(before.decisions));
            expect(after.readiness.value).toBe(before.readiness.value);
            if (!hasChampion)
              expect(before.wakeAt ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
                after.wakeAt ?? Number.POSITIVE_INFINITY,
              );
          }
        });
      }),
      { numRuns: 400 },
    );
    expect(found.seen).toBeGreaterThan(found.cases / 2);
    expect(found.more).toBeGreaterThan(found.cases / 20);
  });

  test('of which only is kept when somebody was seen is folded as if it had come whole', () => {
    fc.assert(
      fc.property(someStory, oneMore, ({ catalog, ...story }, { ago, ...more }) => {
        const index = indexSignals(catalog.signals);
        const effectsOf = createEffects(catalog);
        play({ catalog, ...story }, (world, at) => {
          for (const id of world.accounts.keys()) {
            const { state } = world.view(id);
            const event = anEvent({ ...more, id: 'one more', occurredAt: at - ago, receivedAt: at });
            const whole = structuredClone(state);
            if (foldAndWeigh(whole, event, effectsOf, index, at, true) !== 'seen') continue;
            expect(whole).toEqual(fold(structuredClone(state), event, index));
            const latest = whole.people[more.personId]?.latest;
            if (latest === undefined) throw new Error('Only somebody known is merely seen.');
            const seen = { [more.personId]: [latest.at, latest.id] as const };
            expect(foldSeen(structuredClone(state), seen)).toEqual(whole);
          }
        });
      }),
      { numRuns: 150 },
    );
  });
});
