import { describe, expect, test } from 'vitest';
import type { Opening } from '../../../src/engine/account.ts';
import { compressMemberships } from '../../../src/engine/binding.ts';
import {
  changePerson,
  sleepUntil,
  touchPerson,
  unsettle,
  wake,
  watch,
} from '../../../src/engine/replay/unsettle.ts';
import { type Account, accountOf, personOf, type World } from '../../../src/engine/replay/world.ts';
import { DAY } from '../../../src/engine/time.ts';
import { anEvent, anOpening, aTrigger, day } from '../../builders.ts';
import { anAskIn, aWorld } from './worlds.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** When an account is due to be looked at, in order. */
function queued({ tasks }: World): number[] {
  const at: number[] = [];
  for (let task = tasks.take(); task !== undefined; task = tasks.take())
    if (task.work.kind === 'wake' && task.work.account.id === 'acme') at.push(task.at);
  return at;
}

const isDay = (at: number) => (at === NEVER ? at : (at - day(0)) / DAY);

describe('an account that sleeps', () => {
  test('is queued only where nothing is queued that comes no later', () => {
    const world = aWorld();
    const account = accountOf(world, 'acme');
    for (const on of [5, 5, 6, 4]) sleepUntil(world, account, day(on));
    expect([account.wakeAt, account.queuedAt]).toEqual([day(4), day(4)]);
    sleepUntil(world, account, day(9));
    expect([account.wakeAt, account.queuedAt]).toEqual([day(9), day(4)]);
    expect(queued(world)).toEqual([day(4), day(5)]);
  });

  test('for good is not queued', () => {
    const world = aWorld();
    const account = accountOf(world, 'acme');
    sleepUntil(world, account);
    expect([account.wakeAt, queued(world)]).toEqual([NEVER, []]);
  });

  test('is woken earlier, never later', () => {
    const world = aWorld();
    const account = accountOf(world, 'acme');
    sleepUntil(world, account, day(5));
    wake(world, account, day(6));
    expect(account.wakeAt).toBe(day(5));
    wake(world, account, day(4));
    expect(account.wakeAt).toBe(day(4));
    expect(queued(world)).toEqual([day(4), day(5)]);
  });
});

describe('an account about which something changed', () => {
  const fresh = 2 * DAY;
  const triggers = [aTrigger({ name: 'asks', on: ['Kind Words'], fresh })];
  const anAccount = (change: (account: Account, world: World) => void) => {
    const world = aWorld({ triggers });
    const account = accountOf(world, 'acme');
    world.now = day(0);
    account.isStale = false;
    account.glances = [];
    change(account, world);
    unsettle(world, account);
    return account;
  };
  const waiting = (...days: readonly number[]): Record<string, Opening[]> => ({
    asks: days.map((on) => anOpening({ occurredAt: day(on) })),
  });
  const wakesOn = (change: (account: Account, world: World) => void) => isDay(anAccount(change).wakeAt);

  test('gets a look at its next event, and what glances found no longer counts', () => {
    expect(anAccount(() => {})).toMatchObject({ isStale: true, glances: undefined, wakeAt: NEVER });
  });

  test('wakes when the first of its events that wait grows too old', () => {
    const openings =
      (...days: readonly number[]) =>
      (account: Account) => {
        account.agenda = { ...account.agenda, openings: waiting(...days) };
      };
    expect(wakesOn(openings(0))).toBe(2);
    expect(wakesOn(openings(-1, 0))).toBe(1);
    expect(wakesOn(openings(0, -1))).toBe(1);
    expect(wakesOn(openings(-2))).toBe(0);
    expect(wakesOn(openings(-3))).toBe(NEVER);
    expect(wakesOn(openings(-3, -1))).toBe(1);
  });

  test('also of those that were only glanced at', () => {
    const held = (account: Account, world: World) => {
      account.held = world.effectsOf('Kind Words').opens.map((opened) => {
        const event = anEvent({ name: 'Kind Words', occurredAt: day(-1) });
        return { opened, event, holds: { names: [], verdict: '', larger: [] } };
      });
    };
    expect(wakesOn(held)).toBe(1);
  });

  test('wakes no later than it would have', () => {
    const sleeps = (on: number) => (account: Account, world: World) => {
      account.agenda = { ...account.agenda, openings: waiting(0) };
      sleepUntil(world, account, day(on));
    };
    expect(wakesOn(sleeps(1))).toBe(1);
    expect(wakesOn(sleeps(3))).toBe(2);
  });

  test('does not wake for its events where it is history that nobody looked at', () => {
    const dormant = (account: Account) => {
      account.agenda = { ...account.agenda, openings: waiting(0), dormant: true };
    };
    expect(anAccount(dormant)).toMatchObject({ isStale: true, glances: undefined, wakeAt: NEVER });
  });
});

describe('somebody about whom something changed', () => {
  function watched() {
    const world = aWorld();
    const ada = personOf(world, 'ada');
    const [acme, globex] = [accountOf(world, 'acme'), accountOf(world, 'globex')];
    for (const account of [acme, globex]) {
      account.isStale = false;
      watch(ada, account);
    }
    return { world, ada, acme, globex };
  }

  test('unsettles the accounts that watch them, but not the one that is looked at anyway', () => {
    const { world, ada, acme, globex } = watched();
    watch(ada, acme);
    expect(ada.watchedBy).toEqual([acme, globex]);
    const { version } = ada;
    changePerson(world, ada, globex);
    expect([acme.isStale, globex.isStale]).toEqual([true, false]);
    expect(ada.version).toBeGreaterThan(version);
    changePerson(world, ada);
    expect(globex.isStale).toBe(true);
  });

  test('by an ask of theirs has their other accounts wake at once', () => {
    const { world, ada, acme, globex } = watched();
    const initech = accountOf(world, 'initech');
    const joined = (accountId: string, on: number) => ({
      id: accountId,
      occurredAt: day(on),
      accountId,
      ends: false,
    });
    ada.bindings = compressMemberships([joined('acme', 0), joined('globex', 1), joined('hooli', 2)]);
    world.now = day(3);
    acme.isStale = false;
    const ask = anAskIn(world, { accountId: 'acme', status: 'delivered' });
    for (const account of [acme, globex]) account.isStale = false;
    acme.glances = [];
    touchPerson(world, ask);
    expect([acme.isStale, globex.isStale]).toEqual([false, true]);
    expect([acme, globex, initech].map(({ wakeAt }) => wakeAt)).toEqual([NEVER, day(3), NEVER]);
    expect(acme.glances).toBeUndefined();
  });
});
