import { describe, expect, test } from 'vitest';
import type { AskStatus } from '../../../src/engine/account.ts';
import { compressMemberships } from '../../../src/engine/binding.ts';
import type { Trigger } from '../../../src/engine/catalog.ts';
import { fold } from '../../../src/engine/fold.ts';
import {
  isOver,
  isTold,
  leave,
  look,
  openNudge,
  putDue,
  settleAt,
  withdraw,
} from '../../../src/engine/replay/look.ts';
import { ownersLine } from '../../../src/engine/replay/room.ts';
import { RANK } from '../../../src/engine/replay/work.ts';
import { accountOf, personOf, type World } from '../../../src/engine/replay/world.ts';
import { DAY, HOUR } from '../../../src/engine/time.ts';
import { anAnswer, anEvent, anOpening, aTrigger, day, someGuardrails, where } from '../../builders.ts';
import { anAskIn, aWorld } from './worlds.ts';

/** What time makes due, in order: when, of which rank, what. */
function queued({ tasks }: World): [number, number, string][] {
  const all: [number, number, string][] = [];
  for (let task = tasks.take(); task !== undefined; task = tasks.take())
    all.push([task.at, task.rank, task.work.kind]);
  return all;
}

const NEVER = Number.POSITIVE_INFINITY;

describe('an ask is over', () => {
  const over = (ask: Parameters<typeof anAskIn>[1], on: number) => isOver(anAskIn(aWorld(), ask), day(on));

  test.each<AskStatus>(['scheduled', 'open', 'sending'])('never while it is %s', (status) => {
    expect(over({ status, settledAt: day(0) }, 9999)).toBe(false);
  });

  test('never where its person is never to be asked again', () => {
    expect(over({ status: 'accepted', settledAt: day(0), again: 'never' }, 9999)).toBe(false);
  });

  test.each<[string, Parameters<typeof anAskIn>[1], number]>([
    [
      'it was settled',
      { status: 'accepted', decidedAt: day(0), deliveredAt: day(1), settledAt: day(2) },
      402,
    ],
    ['it was delivered', { status: 'delivered', decidedAt: day(0), deliveredAt: day(1) }, 401],
    ['it was decided', { status: 'shadow', decidedAt: day(0) }, 400],
  ])('400 days after %s', (_, ask, on) => {
    expect([over(ask, on - 0.001), over(ask, on)]).toEqual([false, true]);
  });

  test('later where it may be asked again only later', () => {
    const ask = { status: 'accepted' as const, settledAt: day(0) };
    expect([over({ ...ask, again: 500 * DAY }, 499), over({ ...ask, again: 500 * DAY }, 500)]).toEqual([
      false,
      true,
    ]);
    expect(over({ ...ask, again: 10 * DAY }, 399)).toBe(false);
  });
});

test('the history tells of an ask, now or later', () => {
  const world = aWorld({}, { keep: { asks: new Map([['kept', day(2)]]) } });
  world.told.set('told', day(1));
  const told = (id: string, on: number) => isTold({ ...world, now: day(on) }, id);
  expect([told('kept', 2), told('kept', 2.5), told('told', 1), told('told', 1.5), told('other', 0)]).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
});

describe('a new ask', () => {
  test('is known to its account and its person, whose asks that are over are forgotten', () => {
    const world = aWorld();
    const old = anAskIn(world, { id: 'old', status: 'accepted', decidedAt: day(0), settledAt: day(0) });
    const recent = anAskIn(world, {
      id: 'recent',
      status: 'accepted',
      decidedAt: day(300),
      settledAt: day(300),
    });
    const acme = accountOf(world, 'acme');
    acme.glances = [];
    const ask = anAskIn(world, { id: 'new', decidedAt: day(400) });
    expect(world.asks.get('new')).toBe(ask);
    expect(acme.asks).toEqual([old, recent, ask]);
    expect(acme.glances).toBeUndefined();
    expect(personOf(world, 'ada').asks).toEqual([recent, ask]);
    expect(world.tally.asks).toEqual([old, recent, ask]);
  });

  test.each<[AskStatus, boolean]>([
    ['scheduled', true],
    ['shadow', false],
    ['held_out', false],
  ])('that is %s: other accounts of its person wake at once: %s', (status, wakes) => {
    const world = aWorld();
    const [acme, globex] = [accountOf(world, 'acme'), accountOf(world, 'globex')];
    const ada = personOf(world, 'ada');
    const joined = (accountId: string, on: number) => ({
      id: accountId,
      occurredAt: day(on),
      accountId,
      ends: false,
    });
    ada.bindings = compressMemberships([joined('acme', 0), joined('globex', 1)]);
    ada.watchedBy = [acme, globex];
    acme.isStale = false;
    globex.isStale = false;
    world.now = day(2);
    anAskIn(world, { status });
    expect([acme.isStale, globex.isStale]).toEqual([false, true]);
    expect(globex.wakeAt).toBe(wakes ? day(2) : NEVER);
  });
});

describe('what time makes of an ask', () => {
  test.each<[AskStatus, keyof typeof RANK]>([
    ['delivered', 'ignore'],
    ['open', 'expire'],
  ])('that is %s comes with its rank', (status, rank) => {
    const world = aWorld();
    settleAt(world, anAskIn(world, { status }), day(3));
    expect(queued(world)).toEqual([[day(3), RANK[rank], 'settle']]);
  });

  test('that is scheduled: it is due, and missed where it may come too late', () => {
    const dues = (plan: { readonly latestAt?: number }) => {
      const world = aWorld();
      putDue(world, anAskIn(world, { dueAt: day(1), plan }));
      return queued(world);
    };
    expect(dues({})).toEqual([[day(1), RANK.due, 'due']]);
    expect(dues({ latestAt: day(2) })).toEqual([
      [day(1), RANK.due, 'due'],
      [day(2), RANK.miss, 'settle'],
    ]);
  });

  test('that is a card: it opens, is seen at once and expires', () => {
    const world = aWorld();
    const card = anAskIn(world, { channel: 'nudge', plan: { expiresAfter: 2 * DAY } });
    const { version } = personOf(world, 'ada');
    openNudge(world, card, day(1));
    expect(card).toMatchObject({ status: 'open', openedAt: day(1), expiresAt: day(3) });
    expect(personOf(world, 'ada').version).toBeGreaterThan(version);
    expect(queued(world)).toEqual([
      [day(1), RANK.due, 'show'],
      [day(3), RANK.expire, 'settle'],
    ]);
  });
});

describe('an ask is withdrawn', () => {
  test.each<[AskStatus, boolean]>([
    ['scheduled', true],
    ['open', true],
    ['delivered', false],
    ['accepted', false],
  ])('while it is %s: %s', (status, isWithdrawn) => {
    const world = aWorld();
    const ask = anAskIn(world, { status });
    const { version } = personOf(world, 'ada');
    withdraw(world, ask.id, day(1));
    expect([ask.status, ask.settledAt]).toEqual(isWithdrawn ? ['withdrawn', day(1)] : [status, undefined]);
    expect(personOf(world, 'ada').version > version).toBe(isWithdrawn);
  });

  test('only where there is one', () => {
    const world = aWorld();
    withdraw(world, 'draft_unknown', day(1));
    expect(world.asks.size).toBe(0);
  });
});

describe('a draft that is no longer open', () => {
  const owner = 'sam@vendor.example';
  function left(change: Parameters<typeof anAskIn>[1], { isAwaited = true } = {}) {
    const world = aWorld();
    const ask = anAskIn(world, { channel: 'draft', status: 'open', ownerEmail: owner, ...change });
    const line = ownersLine(world, ask.ownerEmail ?? '');
    line.open = 2;
    if (isAwaited) line.waiting.push(anAskIn(world, { channel: 'draft' }));
    leave(world, ask, day(1));
    return { open: line.open, queued: queued(world), world };
  }

  test('makes room with its owner', () => {
    expect(left({})).toMatchObject({ open: 1, queued: [[day(1), RANK.drafts, 'room']] });
    expect(left({}, { isAwaited: false })).toMatchObject({ open: 1, queued: [] });
    const room = () => {
      const world = aWorld();
      const { ownerEmail: _, ...ask } = anAskIn(world, { channel: 'draft', status: 'open' });
      ownersLine(world, '').waiting.push(ask);
      leave(world, ask, day(1));
      return world.tasks.take()?.work;
    };
    expect(room()).toEqual({ kind: 'room', owner: '' });
  });

  test.each<[string, Parameters<typeof anAskIn>[1]]>([
    ['was not open yet', { status: 'scheduled' }],
    ['is a card', { channel: 'nudge' }],
    ['is thanks', { kind: 'thanks' }],
  ])('makes none where it %s', (_, change) => {
    expect(left(change)).toMatchObject({ open: 2, queued: [] });
  });

  test('makes none where its owner has no line', () => {
    const world = aWorld();
    leave(world, anAskIn(world, { channel: 'draft', status: 'open', ownerEmail: owner }), day(1));
    expect([world.room.owners.size, queued(world)]).toEqual([0, []]);
  });
});

describe('a look at an account', () => {
  /** Ada, who can be reached, did something in acme; ben, who cannot, did more. */
  function aScene(triggers: readonly Partial<Trigger>[], options: Parameters<typeof aWorld>[1] = {}) {
    const guardrails = someGuardrails({
      perAccount: { ...someGuardrails().perAccount, minimumTenure: 0 },
      quietHours: { from: 0, to: 0, weekends: 'normal' },
    });
    const world = aWorld(
      { triggers: triggers.map((one, i) => aTrigger({ name: `t${i}`, ...one })), guardrails },
      options,
    );
    const acme = accountOf(world, 'acme');
    personOf(world, 'ada').traits['email'] = 'ada@customer.example';
    for (const [personId, name] of [
      ['ada', 'Seen'],
      ['ben', 'Workflow Completed'],
      ['cleo', 'Seen'],
    ] as const) {
      fold(acme.state, anEvent({ personId, name, occurredAt: day(0) }), world.index);
      personOf(world, personId);
    }
    world.now = day(1);
    return { world, acme };
  }
  const never = { kind: 'account' as const, where: where({ plan: { is: 'none' } }) };
  const watchers = ({ people }: World) =>
    ['ada', 'ben', 'cleo'].filter((id) => (people.get(id)?.watchedBy.length ?? 0) > 0);

  test('asks, tells so and has the ask come due', () => {
    const { world, acme } = aScene([{ on: [], who: 'champion', delay: HOUR, deadline: 5 * HOUR }]);
    look(world, [acme], day(1));
    const [ask] = world.asks.values();
    expect(ask).toMatchObject({
      personId: 'ada',
      status: 'scheduled',
      dueAt: day(1) + HOUR,
      isRecorded: false,
    });
    expect(acme.isStale).toBe(false);
    expect(queued(world)).toEqual([
      [day(1) + 1, RANK.wake, 'wake'],
      [day(1) + HOUR, RANK.due, 'due'],
      [day(1) + 5 * HOUR, RANK.miss, 'settle'],
    ]);
  });

  test('opens a card at once', () => {
    const { world, acme } = aScene([{ on: [], who: 'champion', channel: 'nudge' }]);
    look(world, [acme], day(1));
    expect([...world.asks.values()]).toMatchObject([{ personId: 'ben', status: 'open' }]);
    expect(queued(world).map(([, , kind]) => kind)).toEqual(['show', 'wake', 'settle']);
  });

  test.each(['shadow', 'live'] as const)(
    'asks nobody by a trigger that is to be compared, or in shadow: %s',
    (status) => {
      const { world, acme } = aScene([{ on: [], who: 'champion', status, holdout: 1, again: 'never' }]);
      look(world, [acme], day(1));
      expect(world.asks.size).toBe(1);
      expect(queued(world).map(([, , kind]) => kind)).toEqual(['wake']);
      expect(acme.state.firstEventAt).toBe(day(0));
    },
  );

  test('knows of an ask who is responsible, and which event opened it, where there are such', () => {
    const workspace = { teamDomains: ['vendor.example'], defaultOwnerEmail: 'sam@vendor.example' };
    const owned = aScene([{ on: ['Kind Words'], channel: 'draft' }], { workspace });
    const opening = anOpening({ occurredAt: day(1) });
    owned.acme.agenda = { ...owned.acme.agenda, openings: { t0: [opening] } };
    look(owned.world, [owned.acme], day(1));
    expect([...owned.world.asks.values()]).toMatchObject([{ ownerEmail: 'sam@vendor.example', opening }]);
    const { world, acme } = aScene([{ on: [], who: 'champion' }]);
    look(world, [acme], day(1));
    const [ask] = world.asks.values();
    expect(ask).not.toHaveProperty('ownerEmail');
    expect(ask).not.toHaveProperty('opening');
  });

  test('makes an ask of a cycle once', () => {
    const { world, acme } = aScene([{ on: ['Kind Words'] }]);
    acme.agenda = { ...acme.agenda, openings: { t0: [anOpening({ id: 'test:1', occurredAt: day(1) })] } };
    const { agenda } = acme;
    look(world, [acme], day(1));
    expect(acme.asked).toEqual(new Set(['t0/test:1']));
    expect(world.asks.size).toBe(1);
    // As where an agenda was lost; a ledger without the ask lets it pass.
    Object.assign(acme, { agenda, asks: [] });
    Object.assign(personOf(world, 'ada'), { asks: [] });
    world.asks.clear();
    look(world, [acme], day(1));
    expect(world.asks.size).toBe(0);
  });

  test('wakes the account at once where what became of an ask opened a trigger', () => {
    const wakesAt = (name: string) => {
      const { world, acme } = aScene([
        { on: [], who: 'champion', delay: HOUR },
        { on: [name], kind: 'thanks', when: [never] },
      ]);
      look(world, [acme], day(1));
      return acme.wakeAt - day(1);
    };
    expect(wakesAt('Ask Scheduled')).toBe(0);
    expect(wakesAt('Ask Shown')).toBe(1);
  });

  test('forgets asks that are over, and puts on the agenda what was glanced at', () => {
    const { world, acme } = aScene([{ on: ['Kind Words'], when: [never] }]);
    const asks = [
      anAskIn(world, { status: 'accepted', settledAt: day(-500) }),
      anAskIn(world, { status: 'accepted', settledAt: day(0) }),
    ];
    const event = anEvent({ name: 'Kind Words', occurredAt: day(1) });
    acme.held = world.effectsOf('Kind Words').opens.map((opened) => ({
      opened,
      event,
      holds: { names: ['account'], verdict: 'hold:account:', larger: [] },
    }));
    look(world, [acme], day(1));
    expect(acme.asks).toEqual(asks.slice(1));
    expect([acme.held, acme.agenda.openings['t0']?.length]).toEqual([undefined, 1]);
    const { asks: left } = acme;
    look(world, [acme], day(1));
    expect(acme.asks).toBe(left);
  });

  test('watches whom a trigger would ask', () => {
    const { world, acme } = aScene([{ on: ['Kind Words'], when: [never] }]);
    acme.agenda = { ...acme.agenda, openings: { t0: [anOpening({ personId: 'cleo', occurredAt: day(1) })] } };
    look(world, [acme], day(1));
    expect([watchers(world), acme.champions]).toEqual([['cleo'], undefined]);
  });

  test('watches the champion, and whoever was passed over for them', () => {
    const { world, acme } = aScene([{ on: [], who: 'champion', when: [never] }]);
    look(world, [acme], day(1));
    expect(watchers(world)).toEqual(['ada', 'ben']);
    expect(acme.champions).toEqual([world.people.get('ada')]);
  });

  test('watches everybody where nobody could be asked', () => {
    const { world, acme } = aScene([{ on: [], who: 'champion', when: [never] }]);
    delete personOf(world, 'ada').traits['email'];
    fold(acme.state, anAnswer(3, { personId: 'cleo' }), world.index);
    look(world, [acme], day(1));
    expect(watchers(world)).toEqual(['ada', 'ben', 'cleo']);
    expect(acme.champions).toEqual([undefined]);
  });

  test('knows each champion once, and of triggers that ask a champion only', () => {
    const { world, acme } = aScene([
      { on: [], who: 'champion', when: [never] },
      { on: [], who: 'champion', when: [never, never] },
      { on: [], who: 'champion', channel: 'nudge', when: [never] },
      { on: [], who: 'promoter', when: [never] },
    ]);
    look(world, [acme], day(1));
    expect(acme.champions?.map((person) => person?.id)).toEqual(['ada', 'ben']);
  });

  test('knows its champion also where the trigger waits for an event', () => {
    const { world, acme } = aScene([{ on: ['Kind Words'], who: 'champion', when: [never] }]);
    acme.agenda = { ...acme.agenda, openings: { t0: [anOpening({ occurredAt: day(1) })] } };
    look(world, [acme], day(1));
    expect(acme.champions).toEqual([world.people.get('ada')]);
  });

  test('decides about several before any of them acts', () => {
    const { world, acme } = aScene([{ on: [], who: 'champion', again: 'never' }]);
    const globex = accountOf(world, 'globex');
    fold(globex.state, anEvent({ accountId: 'globex', personId: 'ada', occurredAt: day(0) }), world.index);
    look(world, [acme, globex], day(1));
    expect([...world.asks.values()].map(({ accountId }) => accountId)).toEqual(['acme', 'globex']);
  });

  test('takes an ask for told of where the history does', () => {
    const id = 'email_';
    const recorded = (told: boolean) => {
      const scene = aScene([{ on: [], who: 'champion' }]);
      look(scene.world, [scene.acme], day(1));
      const [ask] = scene.world.asks.values();
      const again = aScene([{ on: [], who: 'champion' }], {
        keep: { asks: new Map([[told ? (ask?.id ?? '') : id, day(2)]]) },
      });
      look(again.world, [again.acme], day(1));
      return [...again.world.asks.values()].map(({ isRecorded }) => isRecorded);
    };
    expect([recorded(true), recorded(false)]).toEqual([[true], [false]]);
  });

  test('wakes for events that grow too old only where all are looked at', () => {
    const wakesAt = (isCareful: boolean) => {
      const { world, acme } = aScene([{ on: ['Kind Words'], when: [never], fresh: DAY }], { isCareful });
      acme.agenda = { ...acme.agenda, openings: { t0: [anOpening({ occurredAt: day(1) })] } };
      look(world, [acme], day(1));
      return acme.wakeAt;
    };
    expect([wakesAt(false), wakesAt(true)]).toEqual([NEVER, day(2)]);
  });
});
