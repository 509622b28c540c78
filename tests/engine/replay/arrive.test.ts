import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signal } from '../../../src/engine/catalog.ts';
import { compareEvents, type Event } from '../../../src/engine/event.ts';
import { fold } from '../../../src/engine/fold.ts';
import type { Reported } from '../../../src/engine/replay/world.ts';
import { indexSignals } from '../../../src/engine/signal-index.ts';
import { emptyState } from '../../../src/engine/state.ts';
import { DAY } from '../../../src/engine/time.ts';
import { aCatalog, day } from '../../builders.ts';
import { someSignals } from '../arbitraries.ts';
import { aReport, type Played, playBatches, playEach } from './histories.ts';

/** Users, visitors, people of whom a tool knows an address only, and events that say who a visitor or an address is. */
const someWho: fc.Arbitrary<Partial<Reported>> = fc.constantFrom<Partial<Reported>>(
  {},
  { userId: 'ada' },
  { userId: 'ben' },
  { anonymousId: 'phone' },
  { anonymousId: 'laptop' },
  { email: 'ada@customer.example' },
  { email: ' Ben@Customer.example' },
  { userId: 'ada', anonymousId: 'phone' },
  { userId: 'ada', email: 'ADA@customer.example ' },
  { userId: 'ben', anonymousId: 'laptop' },
  { userId: 'ben', ties: ['email:ben@customer.example'] },
  { userId: 'ben', name: 'Person Updated', properties: { email: 'ben@customer.example', role: 'chef' } },
);

const someReports = (grid: number): fc.Arbitrary<Reported[]> =>
  fc
    .array(
      fc.record({
        who: someWho,
        name: fc.constantFrom(
          'A',
          'B',
          'Report Opened',
          'NPS Answered',
          'Person Updated',
          'Account Removed User',
        ),
        at: fc.integer({ min: 0, max: 8 }).map((n) => day(0) + n * grid),
        accountId: fc.constantFrom(undefined, undefined, 'acme', 'globex'),
        trust: fc.constantFrom('server' as const, 'server' as const, 'server' as const, 'public' as const),
        value: fc.integer({ min: 0, max: 10 }),
        order: fc.integer({ min: 10, max: 99 }),
      }),
      { maxLength: 16 },
    )
    .map((rows) =>
      soonKnown(
        rows.map(({ who, name, at, accountId, trust, value, order }, i) =>
          aReport({
            nobody: true,
            nowhere: true,
            id: `test:${order}-${i}`,
            name,
            occurredAt: at,
            trust,
            properties: { p: value % 3, score: value, role: `role ${value}` },
            ...(accountId === undefined ? {} : { ownAccountId: accountId }),
            ...who,
          }),
        ),
      ),
    );

describe('what a replay knows in the end', () => {
  const play = fc.tuple(someSignals, fc.boolean());

  test('of events in their order is what they say by the rules, whoever and wherever they were', () => {
    fc.assert(
      fc.property(play, someReports(30 * DAY), ([signals, isCareful], reports) => {
        const played = playEach(aCatalog({ signals }), reports, { isCareful });
        expectToKnow(played, reports, signals);
      }),
      { numRuns: 1500 },
    );
  });

  test('of batches, some of them late, is the same', () => {
    const someDelays = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(play, someReports(40 * DAY), someDelays, ([signals, isCareful], reports, delays) => {
        const received = reports.map((report, i) => ({
          ...report,
          receivedAt: report.occurredAt + (delays[i] ?? 0) * DAY,
        }));
        const batches = new Map<number, Reported[]>();
        for (const one of received)
          batches.set(one.receivedAt, [...(batches.get(one.receivedAt) ?? []), one]);
        const inTime = [...batches].sort(([a], [b]) => a - b).map(([, batch]) => batch);
        const played = playBatches(aCatalog({ signals }), inTime, { isCareful });
        expectToKnow(played, received, signals);
      }),
      { numRuns: 1500 },
    );
  });
});

/** Without what visitors did more than 80 days before they were known: a replay does not wait that long for them. */
function soonKnown(reports: readonly Reported[]): Reported[] {
  const users = claimsIn(reports);
  return reports.filter((report) => {
    const [alias = ''] = aliasesOf(report);
    const known = users.get(alias)?.occurredAt ?? 0;
    return report.userId !== undefined || known <= report.occurredAt + 80 * DAY;
  });
}

/** Of each alias the event that says first whose it is. */
function claimsIn(reports: readonly Reported[]): Map<string, Reported> {
  const claims = new Map<string, Reported>();
  for (const report of reports.toSorted(compareEvents)) {
    if (report.userId === undefined || report.trust === 'public') continue;
    for (const alias of aliasesOf(report)) if (!claims.has(alias)) claims.set(alias, report);
  }
  return claims;
}

function expectToKnow({ world }: Played, reports: readonly Reported[], signals: readonly Signal[]) {
  const index = indexSignals(signals);
  const counted = reports.filter(({ trust }) => trust !== 'public').sort(compareEvents);
  const personOf = whoDid(counted);
  const events = attributed(counted, personOf);
  const accounts = new Set([...world.accounts.keys(), ...events.map(({ accountId }) => accountId)]);
  for (const id of accounts) {
    const own = events.filter(({ accountId }) => accountId === id);
    const expected = own.reduce((state, event) => fold(state, event, index), emptyState());
    expect(world.accounts.get(id)?.state).toEqual(expected);
  }
  for (const id of ['ada', 'ben']) {
    const updates = counted.filter((report) => report.name === 'Person Updated' && personOf(report) === id);
    const traits = Object.assign({}, ...updates.map(({ properties }) => properties));
    expect(world.people.get(id)?.traits ?? {}).toEqual(traits);
  }
}

type PersonOf = (report: Reported) => string | undefined;

/** Who did each event, straight from the rules. */
function whoDid(reports: readonly Reported[]): PersonOf {
  const claims = claimsIn(reports);
  return (report) => {
    const [alias] = aliasesOf(report);
    return report.userId ?? (alias === undefined ? undefined : (claims.get(alias)?.userId ?? alias));
  };
}

/** And at which account; without those that are at none. */
function attributed(reports: readonly Reported[], personOf: PersonOf): (Event & { accountId: string })[] {
  return reports.flatMap((report) => {
    const { id, source, name, occurredAt, receivedAt, properties, ownAccountId } = report;
    const personId = personOf(report);
    const theirs = reports.filter((one) => one.ownAccountId !== undefined && personOf(one) === personId);
    const bound = personId === undefined ? undefined : boundTo(theirs, occurredAt);
    const accountId = ownAccountId ?? bound;
    if (accountId === undefined) return [];
    const event = { id, source, name, occurredAt, receivedAt, properties, accountId };
    return [personId === undefined ? event : { ...event, personId }];
  });
}

function aliasesOf({ anonymousId, email, ties = [], name, userId, properties }: Reported): string[] {
  const said = userId !== undefined && name === 'Person Updated' ? properties['email'] : undefined;
  const addresses = [email, said].flatMap((text) =>
    typeof text === 'string' ? text.trim().toLowerCase() : [],
  );
  return [
    ...(anonymousId === undefined ? [] : [`anon:${anonymousId}`]),
    ...addresses.map((address) => `email:${address}`),
    ...ties,
  ];
}

/** By memberships in order: the latest start by then that had not ended, else the first within 90 days. */
function boundTo(memberships: readonly Reported[], at: number): string | undefined {
  const isEnd = ({ name }: Reported) => name === 'Account Removed User';
  const starts = memberships.filter((one) => !isEnd(one));
  const hasEnded = (start: Reported) =>
    memberships.some(
      (one) =>
        isEnd(one) &&
        one.ownAccountId === start.ownAccountId &&
        one.occurredAt <= at &&
        compareEvents(start, one) <= 0,
    );
  const current = starts.findLast((start) => start.occurredAt <= at && !hasEnded(start));
  const next = starts.find(({ occurredAt }) => occurredAt > at && occurredAt <= at + 90 * DAY);
  return (current ?? next)?.ownAccountId;
}
