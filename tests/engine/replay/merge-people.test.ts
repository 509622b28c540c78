import { describe, expect, test } from 'vitest';
import type { Membership } from '../../../src/engine/binding.ts';
import { fold } from '../../../src/engine/fold.ts';
import { memoryOf } from '../../../src/engine/replay/known-people.ts';
import { mergePeople } from '../../../src/engine/replay/merge-people.ts';
import { accountOf, type Person, personOf, type Span } from '../../../src/engine/replay/world.ts';
import { anEvent, anOpening, day } from '../../builders.ts';
import { aReport } from './histories.ts';
import { anAskIn, aWorld } from './worlds.ts';

const VISITOR = 'anon:phone';

/** A visitor who is about to turn out to be ada. */
function twoPeople(options: Parameters<typeof aWorld>[1] = {}) {
  const world = aWorld({}, options);
  return { world, visitor: personOf(world, VISITOR), ada: personOf(world, 'ada') };
}

const span = (from: number, to: number): Span => ({ from: day(from), to: day(to) });
const aMembership = (accountId: string, on = 0): Membership => ({
  id: `test:${accountId}`,
  occurredAt: day(on),
  accountId,
  ends: false,
});

describe('a visitor who turned out to be somebody', () => {
  test('is nobody any more, and hands on what they said of themselves and where they were', () => {
    const { world, visitor, ada } = twoPeople();
    visitor.traits['role'] = 'chef';
    visitor.stamps = new Map([['role', { occurredAt: day(0), id: 'test:role' }]]);
    visitor.memberships = [aMembership('acme')];
    expect(mergePeople(world, visitor, ada)).toEqual([aMembership('acme')]);
    expect(ada.traits).toEqual({ role: 'chef' });
    expect([...world.people.keys()]).toEqual(['ada']);
  });

  test('leaves them their asks, and their events that wait, in order of time', () => {
    const { world, visitor, ada } = twoPeople();
    const [hers, theirs] = [anAskIn(world, { personId: 'ada' }), anAskIn(world, { personId: VISITOR })];
    const loose = (on: number) => ({
      event: aReport({ id: `test:${on}`, occurredAt: day(on) }),
      accountId: undefined,
    });
    ada.loose = [loose(2), loose(4)];
    visitor.loose = [loose(1), loose(3)];
    mergePeople(world, visitor, ada);
    expect(ada.asks).toEqual([hers, theirs]);
    expect(ada.asks.map(({ personId }) => personId)).toEqual(['ada', 'ada']);
    expect(ada.loose.map(({ event }) => event.id)).toEqual(['test:1', 'test:2', 'test:3', 'test:4']);
  });

  test('leaves them their events that wait, also where none of their own do, and none where there are none', () => {
    const { world, visitor, ada } = twoPeople();
    visitor.loose = [{ event: aReport({ id: 'test:1' }), accountId: undefined }];
    mergePeople(world, visitor, ada);
    expect(ada.loose).toHaveLength(1);
    const others = twoPeople();
    mergePeople(others.world, others.visitor, others.ada);
    expect(others.ada.loose).toBeUndefined();
  });

  test.each<[string, number | undefined, number | undefined, number | undefined]>([
    ['none where nobody was held', undefined, undefined, undefined],
    ['that of the visitor', 3, undefined, 3],
    ['their own', undefined, 3, 3],
    ['the longer one', 4, 3, 4],
    ['the longer one', 3, 4, 4],
    ['their own where both are as long', 3, 3, 3],
  ])('leaves them on hold: %s', (_, ofVisitor, ofAda, expected) => {
    const { world, visitor, ada } = twoPeople();
    const hold = (until: number | undefined, by: string) =>
      until === undefined ? undefined : { until: day(until), reason: '', by };
    visitor.hold = hold(ofVisitor, 'visitor');
    ada.hold = hold(ofAda, 'ada');
    mergePeople(world, visitor, ada);
    expect(ada.hold?.until).toBe(expected === undefined ? undefined : day(expected));
    if (ofVisitor === ofAda && ofAda !== undefined) expect(ada.hold?.by).toBe('ada');
  });

  test('is renamed in every account that knows them by name, and in no other', () => {
    const { world, visitor, ada } = twoPeople({ keep: { accounts: new Set(['acme']) } });
    const events = [
      anEvent({ personId: VISITOR, occurredAt: day(0) }),
      anEvent({ personId: 'ben', occurredAt: day(1) }),
    ];
    for (const id of ['acme', 'globex', 'initech']) {
      const account = accountOf(world, id);
      for (const event of events) {
        fold(account.state, event, world.index);
        account.log?.push(event);
      }
      account.agenda = { ...account.agenda, openings: { asks: [anOpening({ personId: VISITOR })] } };
    }
    visitor.knownIn = new Set(['acme', 'globex']);
    mergePeople(world, visitor, ada);
    const namesIn = (id: string) => {
      const { state, agenda, log } = accountOf(world, id);
      return [
        Object.keys(state.people).sort(),
        agenda.openings['asks']?.map(({ personId }) => personId),
        log?.map(({ personId }) => personId),
      ];
    };
    expect(namesIn('acme')).toEqual([['ada', 'ben'], ['ada'], ['ada', 'ben']]);
    expect(namesIn('globex')).toEqual([['ada', 'ben'], ['ada'], undefined]);
    expect(namesIn('initech')).toEqual([[VISITOR, 'ben'], [VISITOR], undefined]);
  });

  test('is remembered with them from then on', () => {
    const { world, visitor, ada } = twoPeople();
    const { state } = accountOf(world, 'acme');
    fold(state, anEvent({ personId: VISITOR, occurredAt: day(2) }), world.index);
    fold(state, anEvent({ personId: 'ada', occurredAt: day(1) }), world.index);
    for (const person of [visitor, ada]) memoryOf(state, person);
    visitor.knownIn = new Set(['acme']);
    mergePeople(world, visitor, ada);
    expect(memoryOf(state, ada)).toBe(state.people['ada']);
    expect(memoryOf(state, ada)?.latest.at).toBe(day(2));
    expect(memoryOf(state, visitor)).toBeUndefined();
  });

  test('has the accounts looked at anew that the last look at either was about', () => {
    const { world, visitor, ada } = twoPeople();
    const [acme, globex, initech] = ['acme', 'globex', 'initech'].map((id) => accountOf(world, id));
    if (!acme || !globex || !initech) throw new Error('Three accounts.');
    for (const account of world.accounts.values()) account.isStale = false;
    visitor.watchedBy = [acme, globex];
    ada.watchedBy = [globex];
    const { version } = ada;
    mergePeople(world, visitor, ada);
    expect(ada.watchedBy).toEqual([globex, acme]);
    expect([acme, globex, initech].map(({ isStale }) => isStale)).toEqual([true, true, false]);
    expect(ada.version).toBeGreaterThan(version);
  });
});

describe('what may have to move with a visitor', () => {
  const boundOf = (ofVisitor: Person['bound'], ofAda: Person['bound'], kept: readonly string[] = []) => {
    const { world, visitor, ada } = twoPeople({ keep: { people: new Set(kept) } });
    visitor.bound = ofVisitor;
    ada.bound = ofAda;
    mergePeople(world, visitor, ada);
    return { bound: ada.bound && [...ada.bound], missed: [...world.missed.people] };
  };

  test('lies between the first and the last that either was bound by', () => {
    expect(boundOf(undefined, undefined).bound).toBeUndefined();
    expect(boundOf(undefined, new Map([['acme', span(1, 2)]])).bound).toEqual([['acme', span(1, 2)]]);
    expect(boundOf(new Map([['acme', span(1, 2)]]), undefined).bound).toEqual([['acme', span(1, 2)]]);
    const both = (a: Span, b: Span) => boundOf(new Map([['acme', a]]), new Map([['acme', b]])).bound;
    expect(both(span(1, 4), span(2, 3))).toEqual([['acme', span(1, 4)]]);
    expect(both(span(2, 3), span(1, 4))).toEqual([['acme', span(1, 4)]]);
    expect(boundOf(new Map([['acme', span(1, 2)]]), new Map([['globex', span(3, 4)]])).bound).toEqual([
      ['globex', span(3, 4)],
      ['acme', span(1, 2)],
    ]);
  });

  test('has to be kept of the visitor where it is kept of the other', () => {
    const bound = new Map([['acme', span(1, 2)]]);
    expect(boundOf(bound, undefined, ['ada']).missed).toEqual([VISITOR]);
    expect(boundOf(undefined, undefined, ['ada']).missed).toEqual([]);
    expect(boundOf(bound, undefined, []).missed).toEqual([]);
    expect(boundOf(bound, undefined, ['ada', VISITOR]).missed).toEqual([]);
  });
});

describe('memberships that were left out of two people', () => {
  const joined = (ofVisitor: Span | undefined, ofAda: Span | undefined, accounts: readonly string[]) => {
    const { world, visitor, ada } = twoPeople();
    visitor.leftOut = ofVisitor;
    ada.leftOut = ofAda;
    const [first = '', second = ''] = accounts;
    visitor.memberships = [aMembership(first)];
    ada.memberships = [aMembership(second)];
    mergePeople(world, visitor, ada);
    return { leftOut: ada.leftOut, missed: [...world.missed.people].sort() };
  };
  const here = ['acme', 'acme'];

  test('lie between the first and the last of them', () => {
    expect(joined(undefined, undefined, here).leftOut).toBeUndefined();
    expect(joined(span(1, 2), undefined, here).leftOut).toEqual(span(1, 2));
    expect(joined(undefined, span(1, 2), here).leftOut).toEqual(span(1, 2));
    expect(joined(span(1, 4), span(2, 3), here).leftOut).toEqual(span(1, 4));
    expect(joined(span(2, 3), span(1, 4), here).leftOut).toEqual(span(1, 4));
  });

  test('have to be kept where the two were not in one account only', () => {
    expect(joined(span(1, 2), undefined, here).missed).toEqual([]);
    expect(joined(undefined, undefined, ['acme', 'globex']).missed).toEqual([]);
    expect(joined(span(1, 2), undefined, ['acme', 'globex']).missed).toEqual(['ada', VISITOR]);
    expect(joined(undefined, span(1, 2), ['acme', 'globex']).missed).toEqual(['ada', VISITOR]);
  });
});
