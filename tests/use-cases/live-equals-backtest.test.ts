import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Guardrails, Trigger } from '../../src/engine/catalog.ts';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';
import type { ReportedEvent } from '../../src/sources/reported.ts';
import { aCatalog, aTrigger, day, someGuardrails } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { lawRuns } from '../laws.ts';
import { openStage, type Stage } from './live/live-run.ts';
import { type Action, type LiveStory, type Reaction, someLiveStory } from './live/live-stories.ts';

const RUNS = { pglite: lawRuns(12), postgres: lawRuns(40) };

forEachDatabase('a live run', (open, kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(open);
  });
  afterAll(() => stage.close());

  test(
    'equals its backtest',
    async () => {
      await fc.assert(
        fc.asyncProperty(someLiveStory, async (story) => {
          const { live, backtest } = await stage.play(story);
          expect(backtest).toEqual(live);
        }),
        { numRuns: RUNS[kind] },
      );
    },
    RUNS[kind] * 5000,
  );

  describe('equals it also', () => {
    /** Plays it, and says what became of each ask. */
    async function statusesOf(story: Partial<LiveStory>): Promise<string[]> {
      const defaultOwner = 'sam@vendor.example';
      const whole = { catalog: aCatalog(), defaultOwner, actions: [], until: day(3), ...story };
      const { live, backtest } = await stage.play(whole);
      expect(backtest).toEqual(live);
      return live.asks.map(({ account, status }) => `${account} ${status}`);
    }

    test('where nobody has seen a card that a wake-up brought', async () => {
      const catalog = catalogOf({ ...card, on: [], expires: DAY, again: 'never' });
      expect(await statusesOf({ catalog, actions: [came(0, deed('ada'))] })).toEqual([
        'acme expired',
        'acme expired',
        'acme expired',
        'acme open',
      ]);
    });

    test('where nothing can go out in the place of a draft', async () => {
      // At ten in the morning there are ten hours left; the fallback comes when they are over.
      const fallback = { channel: 'email', after: 11 * HOUR } as const;
      const catalog = catalogOf(
        { channel: 'draft', latest: 12 * HOUR, expires: 2 * DAY, fallback },
        { quietHours: { from: 20 * 60, to: 8 * 60, weekends: 'normal' } },
      );
      expect(
        await statusesOf({ catalog, actions: [came(0, known('ada')), came(1 * MINUTE, deed('ada'))] }),
      ).toEqual(['acme expired']);
    });

    test('where a draft finds no room with its owner before its fallback comes', async () => {
      const perOwner = { drafts: { count: 1, within: 2 * DAY }, open: 9 };
      const fallback = { channel: 'email', after: 7 * HOUR } as const;
      const catalog = catalogOf({ channel: 'draft', latest: 2 * DAY, fallback }, { perOwner });
      const actions = [
        came(0, known('ada'), known('ben')),
        came(MINUTE, deed('ada')),
        came(HOUR, deed('ben', 'globex')),
      ];
      expect((await statusesOf({ catalog, actions })).sort()).toEqual([
        'acme delivered',
        'acme withdrawn',
        'globex delivered',
        'globex withdrawn',
      ]);
    });

    test('where a person may be asked in one account because they are no longer to be in another', async () => {
      const perPerson = { ...loose.perPerson, asks: { count: 1, within: DAY } };
      const catalog = catalogOf({ channel: 'draft', fresh: 2 * DAY, expires: DAY }, { perPerson });
      const actions = [came(0, deed('ada')), came(HOUR, deed('ada', 'globex')), did(2 * HOUR, 'dismiss')];
      expect(await statusesOf({ catalog, actions })).toEqual(['acme withdrawn', 'globex expired']);
    });

    test('where a card was seen after its time', async () => {
      const catalog = catalogOf({ ...card, expires: HOUR });
      const actions = [came(0, deed('ada')), did(2 * HOUR, 'shown')];
      expect(await statusesOf({ catalog, actions })).toEqual(['acme ignored']);
    });

    test('where a card that nobody had seen was answered, and its showing opens another trigger', async () => {
      const catalog = catalogOf(card, {}, { name: 'after', kind: 'thanks', on: ['Ask Shown'], again: 0 });
      const actions = [came(0, known('ada')), came(MINUTE, deed('ada')), did(HOUR, 'accepted')];
      expect(await statusesOf({ catalog, actions })).toEqual(['acme accepted', 'acme delivered']);
    });

    test('where somebody who can be reached comes to an account that had nobody', async () => {
      const catalog = catalogOf({ who: 'champion', on: ['Report Shared'], fresh: 2 * DAY });
      const actions = [
        came(0, deed('ben')),
        came(HOUR, { ...deed('ben'), name: 'Report Shared' }),
        came(2 * HOUR, known('cleo')),
      ];
      expect(await statusesOf({ catalog, actions })).toEqual(['acme delivered']);
    });

    test('where the address of somebody passed over comes by another account, and an event that waits grows old', async () => {
      const audience = { accounts: ['globex'] };
      const catalog = catalogOf(
        { on: [], who: 'champion', again: 'never', audience },
        {},
        { name: 'waits', on: ['Report Shared'], who: 'promoter', fresh: 12 * HOUR },
      );
      const actions = [
        came(0, deed('ada', 'globex'), { ...deed('ada', 'globex'), name: 'Report Shared' }),
        came(HOUR, known('ada')),
      ];
      expect(await statusesOf({ catalog, actions })).toEqual(['globex delivered']);
    });

    test('where somebody left before their email went out, and where they are back before what waits for them is over', async () => {
      const catalog = catalogOf({ delay: 3 * HOUR, fresh: 2 * DAY });
      const leaves = { ...deed('ada'), name: 'Account Removed User' };
      const actions = [
        came(0, known('ada')),
        came(MINUTE, deed('ada')),
        came(HOUR, leaves),
        came(2 * HOUR, late(deed('ada'), HOUR + MINUTE)),
        came(9 * HOUR, { ...deed('ada'), name: 'Report Opened' }),
      ];
      expect(await statusesOf({ catalog, actions })).toEqual(['acme withdrawn', 'acme delivered']);
    });

    test('where the only hour is the one at which it would be over', async () => {
      const catalog = catalogOf({ delay: DAY, deadline: DAY, fresh: 2 * DAY });
      const actions = [came(0, known('ada')), came(MINUTE, deed('ada'))];
      expect(await statusesOf({ catalog, actions })).toEqual([]);
    });
  });
});

const loose: Guardrails = someGuardrails({
  perPerson: {
    asks: { count: 99, within: DAY },
    asksPerYear: 99,
    afterDecline: DAY,
    nudges: { count: 99, within: DAY },
    detractorFor: DAY,
  },
  perAccount: { asks: { count: 99, within: DAY }, people: { count: 99, within: DAY }, minimumTenure: 0 },
  quietHours: { from: 0, to: 0, weekends: 'normal' },
});

/** Asks whoever completed a workflow, unless said otherwise. */
function catalogOf(
  trigger: Partial<Trigger>,
  guardrails: Partial<Guardrails> = {},
  ...more: Partial<Trigger>[]
) {
  const triggers = [trigger, ...more].map((one) => aTrigger({ on: ['Workflow Completed'], ...one }));
  return aCatalog({ triggers, guardrails: { ...loose, ...guardrails } });
}

const card = { name: 'card', channel: 'nudge', who: 'champion' } as const;

let made = 0;

/** A workflow that somebody completed. */
function deed(userId: string, account = 'acme'): Omit<ReportedEvent, 'occurredAt' | 'receivedAt'> {
  made += 1;
  return {
    id: `test:${made}`,
    source: 'segment',
    name: 'Workflow Completed',
    userId,
    ownAccountId: account,
    properties: {},
    imported: false,
    trust: 'server',
    flags: [],
  };
}

const known = (userId: string): ReturnType<typeof deed> => ({
  ...deed(userId),
  name: 'Person Updated',
  properties: { email: `${userId}@customer.example` },
});

/** It was done that long before it came. */
const late = (event: ReturnType<typeof deed>, by: number) => ({ ...event, by });

/** Events that came together, so long after the beginning. */
function came(after: number, ...events: readonly (ReturnType<typeof deed> & { by?: number })[]): Action {
  const at = day(0) + after;
  const reports = events.map(({ by = 0, ...event }) => ({ ...event, occurredAt: at - by, receivedAt: at }));
  return { at, kind: 'events', events: reports, imported: [] };
}

/** What somebody did about the first ask. */
function did(after: number, how: Reaction['how']): Action {
  return { at: day(0) + after, kind: 'reaction', reaction: { pick: 0, how, length: DAY + 1 } };
}
