import { describe, expect, test } from 'vitest';
import { fold } from '../../../src/engine/fold.ts';
import { passIdly } from '../../../src/engine/replay/pass-idly.ts';
import {
  type Account,
  accountOf,
  type Person,
  personOf,
  type Reported,
} from '../../../src/engine/replay/world.ts';
import { anEvent, aTrigger, day } from '../../builders.ts';
import { aReport } from './histories.ts';
import { aWorld } from './worlds.ts';

type Scene = { readonly account: Account; readonly ada: Person; readonly ben: Person };

/** Ada has completed a workflow in acme, which is evidence; ben has only opened a report. Now ben opens another. */
function pass(change: Partial<Reported> = {}, arrange: (scene: Scene) => void = () => {}) {
  const world = aWorld({ triggers: [aTrigger({ on: ['Kind Words'] })] });
  const account = accountOf(world, 'acme');
  const [ada, ben] = [personOf(world, 'ada'), personOf(world, 'ben')];
  fold(account.state, anEvent({ personId: 'ada', occurredAt: day(1) }), world.index);
  fold(account.state, anEvent({ personId: 'ben', name: 'Report Opened', occurredAt: day(2) }), world.index);
  arrange({ account, ada, ben });
  const before = structuredClone(account.state);
  const event = aReport({
    id: 'test:now',
    userId: 'ben',
    name: 'Report Opened',
    occurredAt: day(3),
    ...change,
  });
  const isIdle = passIdly(world, account, ben, event);
  return { isIdle, before, state: account.state };
}

describe('an event that only says that somebody did something', () => {
  test('changes when they were last heard of, and nothing else', () => {
    const { isIdle, before, state } = pass();
    expect(isIdle).toBe(true);
    expect(state.people['ben']).toEqual({ own: 0, latest: { at: day(3), id: 'test:now' } });
    expect({ ...state, people: undefined }).toEqual({ ...before, people: undefined });
    expect(state.people['ada']).toEqual(before.people['ada']);
  });

  test('may be the first that is known of the account, or be late', () => {
    expect(pass({ occurredAt: day(1) }).isIdle).toBe(true);
    expect(pass({ occurredAt: day(1) }).state.people['ben']?.latest.at).toBe(day(2));
  });

  test.each<[string, (scene: Scene) => void]>([
    ['has more evidence', ({ account, ada }) => (account.champions = [ada])],
    ['is the one who did it', ({ account, ben }) => (account.champions = [ben])],
    ['is nobody', ({ account }) => (account.champions = [undefined])],
  ])('moves nobody past a champion who %s', (_, arrange) => {
    expect(pass({}, arrange).isIdle).toBe(true);
  });
});

describe('nothing is done at once about an event', () => {
  test.each<[string, Partial<Reported>, ((scene: Scene) => void)?]>([
    ['that is evidence', { name: 'Workflow Completed' }],
    ['that opens a trigger', { name: 'Kind Words' }],
    ['that says something of the account', { name: 'Account Updated' }],
    ['that is a score', { name: 'NPS Answered' }],
    ['that comes before all others', { occurredAt: day(1) - 1 }],
    ['of an account whose events are kept', {}, ({ account }) => (account.log = [])],
    [
      'by somebody whom the account does not remember',
      {},
      ({ account }) => delete account.state.people['ben'],
    ],
    [
      'that brings somebody back who had left',
      {},
      ({ account }) =>
        (account.state.people['ben'] = { own: 0, latest: { at: day(2), id: 'test:x', left: true } }),
    ],
    [
      'that may move them past a champion with as much evidence',
      {},
      ({ account, ada, ben }) => {
        account.state.people['ada'] = { own: 0, latest: { at: day(2.5), id: 'test:ada' } };
        account.champions = [ben, ada];
      },
    ],
    [
      'where the account does not remember its champion',
      {},
      ({ account, ada }) => {
        delete account.state.people['ada'];
        account.champions = [ada];
      },
    ],
  ])('%s', (_, change, arrange) => {
    const { isIdle, before, state } = pass(change, arrange);
    expect(isIdle).toBe(false);
    expect(state).toEqual(before);
  });
});
