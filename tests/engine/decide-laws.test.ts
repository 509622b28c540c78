import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AskRecord } from '../../src/engine/account.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Evaluation } from '../../src/engine/decision.ts';
import { countsUntil, declinedAt, deliveredAt } from '../../src/engine/ledger.ts';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { play, someStory } from './stories.ts';
import type { World } from './world.ts';

const delivered = (asks: readonly AskRecord[]) =>
  asks
    .filter((ask) => ask.kind === 'ask' && deliveredAt(ask) !== undefined)
    .sort((a, b) => (deliveredAt(a) ?? 0) - (deliveredAt(b) ?? 0));

/** How many asks up to this one, itself included, took a place at the instant it was delivered. */
function taken(asks: readonly AskRecord[], upTo: number, within: number): AskRecord[] {
  const upToHere = asks.slice(0, upTo + 1);
  const at = Math.max(...upToHere.map((ask) => deliveredAt(ask) ?? 0));
  return upToHere.filter((ask) => countsUntil(ask, within, at) !== undefined);
}

describe('nobody is asked too often, whatever the triggers', () => {
  test('no cap and no cooldown is ever broken', () => {
    let stories = 0;
    let asked = 0;
    fc.assert(
      fc.property(someStory, (story) => {
        const world = play(story);
        stories += 1;
        const { perPerson, perAccount } = story.catalog.guardrails;
        for (const accountId of world.accounts.keys()) {
          const asks = delivered(world.asks.filter((ask) => ask.accountId === accountId));
          asks.forEach((_, i) => {
            expect(taken(asks, i, perAccount.asks.within).length).toBeLessThanOrEqual(perAccount.asks.count);
            const people = new Set(taken(asks, i, perAccount.people.within).map(({ personId }) => personId));
            expect(people.size).toBeLessThanOrEqual(perAccount.people.count);
          });
        }
        for (const personId of ['ada', 'ben', 'cleo']) {
          const own = world.asks.filter((ask) => ask.personId === personId);
          const asks = delivered(own);
          asked += asks.length;
          const nudges = asks.filter(({ channel }) => channel === 'nudge');
          asks.forEach((ask, i) => {
            expect(taken(asks, i, perPerson.asks.within).length).toBeLessThanOrEqual(perPerson.asks.count);
            expect(taken(asks, i, 365 * DAY).length).toBeLessThanOrEqual(perPerson.asksPerYear);
            for (const other of own) {
              const declined = declinedAt(other);
              const at = deliveredAt(ask) ?? 0;
              if (other !== ask && declined !== undefined && declined < at)
                expect(at - declined).toBeGreaterThanOrEqual(perPerson.afterDecline);
            }
          });
          nudges.forEach((_, i) => {
            expect(taken(nudges, i, perPerson.nudges.within).length).toBeLessThanOrEqual(
              perPerson.nudges.count,
            );
          });
        }
      }),
      { numRuns: 1500 },
    );
    expect(asked / stories).toBeGreaterThan(0.2);
  });

  test('no trigger asks a person again before its time', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const world = play(story);
        for (const trigger of story.catalog.triggers) {
          const asks = delivered(world.asks.filter((ask) => ask.trigger === trigger.name));
          asks.forEach((ask, i) => {
            const before = asks
              .slice(0, i)
              .filter(({ personId }) => personId === ask.personId)
              .at(-1);
            if (!before) return;
            const passed = (deliveredAt(ask) ?? 0) - (deliveredAt(before) ?? 0);
            expect(passed).toBeGreaterThanOrEqual(
              trigger.again === 'never' ? Number.POSITIVE_INFINITY : trigger.again,
            );
          });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('nobody who has left an account has an ask there on its way', () => {
    let withdrawn = 0;
    const someLeavings = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 25, maxLength: 25 });
    fc.assert(
      fc.property(someStory, someLeavings, ({ events, ...rest }, leavings) => {
        const story = {
          ...rest,
          events: events.map((event, i) =>
            leavings[i] === 0 ? { ...event, name: 'Account Removed User' } : event,
          ),
        };
        const end = play(story, (world) => {
          const latest = new Map(
            story.events
              .slice(0, world.received)
              .map((event) => [`${event.accountId}/${event.personId}`, event.name]),
          );
          for (const { kind, status, channel, accountId, personId, deliveredAt } of world.asks) {
            if (latest.get(`${accountId}/${personId}`) !== 'Account Removed User' || kind === 'thanks')
              continue;
            if (status === 'withdrawn') withdrawn += 1;
            const isOnItsWay = deliveredAt === undefined && (status === 'scheduled' || status === 'open');
            expect(isOnItsWay && channel).toBe(false);
          }
        });
        expect(end.received).toBe(story.events.length);
      }),
      { numRuns: 1000 },
    );
    expect(withdrawn).toBeGreaterThan(20);
  });

  test('an ask is made once per trigger, account and cycle', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const keys = play(story).asks.map(
          ({ trigger, accountId, cycle }) => `${trigger}/${accountId}/${cycle}`,
        );
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 500 },
    );
  });

  test('deciding again right after acting asks nobody whom it just asked', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        play(story, (world, at) => {
          for (const id of world.accounts.keys()) {
            const before = world.asks.length;
            const first = world.evaluate(id, at);
            const again = decide(story.catalog, world.view(id), at);
            expect(
              again.asks.filter((ask) =>
                first.asks.some(
                  ({ trigger, personId }) => trigger === ask.trigger && personId === ask.personId,
                ),
              ),
            ).toEqual([]);
            expect(world.asks.length).toBe(before + first.asks.length);
          }
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('time', () => {
  test('changes no verdict, no holding gate and no open ask before the account wakes', () => {
    let stories = 0;
    let looked = 0;
    fc.assert(
      fc.property(
        someStory,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 3 }),
        (story, steps) => {
          stories += 1;
          play(story, (world, at) => {
            for (const id of world.accounts.keys()) {
              const view = world.view(id);
              const now = decide(story.catalog, view, at);
              const wakeAt = now.wakeAt ?? Number.POSITIVE_INFINITY;
              expect(wakeAt).toBeGreaterThan(at);
              const probes = [
                ...steps.map((step) => at + step * 3 * HOUR),
                at + (steps[0] ?? 1) * 7_919_000,
                wakeAt - 1,
              ];
              for (const later of probes) {
                if (!(later > at && later < wakeAt) || !Number.isFinite(later)) continue;
                looked += 1;
                const then = decide(story.catalog, view, later);
                expect(summary(then)).toEqual(summary(now));
              }
            }
          });
        },
      ),
      { numRuns: 400 },
    );
    expect(looked / stories).toBeGreaterThan(2.5);
  });
});

describe('a shadow trigger', () => {
  test('changes nothing that is live', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const live = story.catalog.triggers.filter(({ status }) => status === 'live');
        const alone = play({ ...story, catalog: { ...story.catalog, triggers: live } });
        const together = play(story);
        const asked = (world: World) =>
          world.asks.filter(({ status }) => status !== 'shadow').map(({ id: _, ...ask }) => ask);
        expect(asked(together)).toEqual(asked(alone));
      }),
      { numRuns: 500 },
    );
  });
});

describe('priority', () => {
  test('at most one live ask is planned at a time, and nothing stronger was free to ask', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const priorityOf = (name: string) =>
          story.catalog.triggers.find((trigger) => trigger.name === name)?.priority ?? 0;
        for (const { asks, decisions } of play(story).evaluations) {
          const live = asks.filter(({ kind, status }) => kind === 'ask' && status !== 'shadow');
          expect(live.length).toBeLessThanOrEqual(1);
          const outranked = decisions.filter(({ gates }) =>
            gates.some(({ because }) => because === 'another ask came first'),
          );
          for (const { trigger } of outranked) {
            const winner = live[0];
            const isStronger = (one: string, other: string) =>
              priorityOf(one) - priorityOf(other) || (one <= other ? 1 : -1);
            expect(winner && isStronger(winner.trigger, trigger)).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

function summary({ decisions, withdrawals }: Evaluation) {
  return {
    withdrawals: withdrawals.map(({ askId }) => askId),
    decisions: decisions.map(({ trigger, cycle, verdict, personId, gates }) => ({
      trigger,
      cycle,
      verdict,
      personId,
      holds: [...new Set(gates.flatMap(({ gate, passes }) => (passes ? [] : gate)))].sort(),
    })),
  };
}
