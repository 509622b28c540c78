import { describe, expect, test } from 'vitest';
import type { Gate, Trigger } from '../../../src/engine/catalog.ts';
import type { Event } from '../../../src/engine/event.ts';
import { fold } from '../../../src/engine/fold.ts';
import type { Arrival } from '../../../src/engine/replay/arrive.ts';
import { foldOne, isDueForLook, takeIn } from '../../../src/engine/replay/take-in.ts';
import {
  type Account,
  accountOf,
  type Person,
  personOf,
  type World,
} from '../../../src/engine/replay/world.ts';
import { emptyState } from '../../../src/engine/state.ts';
import { anAnswer, anEvent, anOpening, aTrigger, day, where } from '../../builders.ts';
import { aWorld } from './worlds.ts';

const never: Gate = { kind: 'account', where: where({ plan: { is: 'none' } }) };

type Scene = {
  readonly world: World;
  readonly acme: Account;
  readonly ada: Person;
  readonly ben: Person;
  readonly arrival: Arrival;
};

/** Ada and ben have done something in acme, which was looked at since. Kind words open a trigger that holds. */
function aScene(
  triggers: readonly Partial<Trigger>[] = [{}],
  options: Parameters<typeof aWorld>[1] = {},
  change: Partial<Arrival> = {},
): Scene {
  const all = triggers.map((one, i) =>
    aTrigger({ name: `t${i}`, on: ['Kind Words'], when: [never], ...one }),
  );
  const world = aWorld({ triggers: all }, options);
  const acme = accountOf(world, 'acme');
  const [ada, ben] = [personOf(world, 'ada'), personOf(world, 'ben')];
  for (const { id, traits } of [ada, ben]) traits['email'] = `${id}@customer.example`;
  for (const [personId, on] of [
    ['ada', 0],
    ['ben', 1],
  ] as const)
    fold(acme.state, anEvent({ personId, name: 'Seen', occurredAt: day(on) }), world.index);
  acme.isStale = false;
  world.now = day(2);
  const arrival = {
    account: acme,
    events: [],
    isMoved: false,
    isChanged: false,
    lost: new Set<string>(),
    ...change,
  };
  return { world, acme, ada, ben, arrival };
}

let made = 0;
const did = (name: string, change: Partial<Event> = {}) =>
  anEvent({ id: `test:${(made += 1)}`, name, occurredAt: day(2), ...change });
const take = ({ world, arrival }: Scene, ...events: readonly Event[]) => takeIn(world, arrival, events);

const openingsOf = ({ acme }: Scene) => acme.agenda.openings['t0']?.map(({ id }) => id);
const heldOf = ({ acme }: Scene) => acme.held?.map(({ event }) => event.id);

describe('an account is looked at', () => {
  test.each<[string, Scene, Event]>([
    ['where an answer changed', aScene(), did('Workflow Completed')],
    ['where events changed hands', aScene([{}], {}, { isMoved: true }), did('Seen')],
    ['where all are', aScene([{}], { isCareful: true }), did('Seen')],
    ['where nothing holds what an event opens', aScene([{ when: [] }]), did('Kind Words')],
  ])('%s', (_, scene, event) => {
    expect(take(scene, event)).toBe(true);
  });

  test('where its next event gets a look, whatever it is', () => {
    const { world, acme } = aScene();
    const isDue = (change: Partial<Account>) => isDueForLook(world, { ...acme, ...change });
    expect(isDue({})).toBe(false);
    expect(isDue({ isStale: true })).toBe(true);
    expect(isDue({ agenda: { ...acme.agenda, dormant: true } })).toBe(true);
    expect([isDue({ wakeAt: day(2) }), isDue({ wakeAt: day(2) + 1 }), isDue({ wakeAt: day(2) + 2 })]).toEqual(
      [true, true, false],
    );
    const scene = aScene();
    scene.acme.isStale = true;
    expect(take(scene, did('Seen'))).toBe(true);
  });

  test('where somebody changed, and it had nobody to ask', () => {
    const changed = (champions: (scene: Scene) => Account['champions']) => {
      const scene = aScene([{}], {}, { isChanged: true });
      scene.acme.champions = champions(scene);
      return take(scene, did('Seen', { personId: 'cleo', source: 'goodturn' }));
    };
    expect(changed(() => [undefined])).toBe(true);
    expect(changed(({ ada }) => [ada])).toBe(false);
    expect(changed(() => undefined)).toBe(false);
    const unchanged = aScene();
    unchanged.acme.champions = [undefined];
    expect(take(unchanged, did('Seen'))).toBe(false);
  });

  test('with what was glanced at and all that came on its agenda', () => {
    const scene = aScene();
    const [first, second, third] = [did('Kind Words'), did('Workflow Completed'), did('Kind Words')];
    expect(take(scene, first)).toBe(false);
    expect([heldOf(scene), openingsOf(scene)]).toEqual([[first.id], undefined]);
    expect(take(scene, second, third)).toBe(true);
    expect([heldOf(scene), openingsOf(scene)]).toEqual([undefined, [first.id, third.id]]);
  });

  test('from the first event on for which a glance is not enough', () => {
    const scene = aScene([{}, { on: ['Praise'], when: [] }]);
    const events = [did('Kind Words'), did('Seen'), did('Praise'), did('Kind Words')];
    expect(take(scene, ...events)).toBe(true);
    expect(openingsOf(scene)).toEqual([events[0]?.id, events[3]?.id]);
    expect(scene.acme.agenda.openings['t1']).toHaveLength(1);
    expect(scene.acme.held).toBeUndefined();
  });
});

describe('an account is not looked at', () => {
  test('where events say what was known, or are plainly held', () => {
    const scene = aScene();
    const { agenda } = scene.acme;
    expect(take(scene, did('Seen'), did('Kind Words'), did('Kind Words'))).toBe(false);
    expect(scene.acme.agenda).toBe(agenda);
    expect(heldOf(scene)).toHaveLength(2);
    const { watchedBy } = personOf(scene.world, 'ben');
    expect(take(scene, did('Seen', { personId: 'ben' }))).toBe(false);
    expect(personOf(scene.world, 'ben').watchedBy).toBe(watchedBy);
  });

  test('where all that came is history, but its next event gets a look', () => {
    const scene = aScene();
    expect(
      take(scene, did('Workflow Completed', { imported: true }), did('Kind Words', { imported: true })),
    ).toBe(false);
    expect(scene.acme).toMatchObject({ isStale: true, agenda: { dormant: true, openings: {} } });
    const mixed = aScene();
    expect(take(mixed, did('Seen', { imported: true }), did('Seen'))).toBe(true);
    expect(mixed.acme.isStale).toBe(false);
    const moved = aScene([{}], {}, { isMoved: true });
    expect(take(moved, did('Seen', { imported: true }))).toBe(true);
  });
});

describe('an answer', () => {
  const answer = (id: string, score: number, responseId = 'one') =>
    anAnswer(score, { id, responseId, occurredAt: day(2) });
  const opensWith = (change: Partial<Arrival>, ...events: readonly Event[]) => {
    const scene = aScene([{ on: ['NPS Answered'] }], {}, change);
    take(scene, ...events);
    return openingsOf(scene);
  };

  test('opens where it changes the score', () => {
    expect(opensWith({}, answer('test:1', 9), answer('test:2', 9), answer('test:3', 10, 'two'))).toEqual([
      'test:1',
      'test:3',
    ]);
  });

  test('is news by what was known before the step where events changed hands', () => {
    expect(opensWith({ isMoved: true }, answer('test:1', 9), answer('test:2', 9))).toEqual(['test:2']);
  });
});

describe('an event is folded', () => {
  const champion = { on: [], who: 'champion' as const };

  test('and what glances found counts no longer where it changed an answer', () => {
    const { world, acme } = aScene();
    const changes = (event: Event) => {
      acme.glances = [];
      return [foldOne(world, acme, event), acme.glances];
    };
    expect(changes(did('Seen'))).toEqual([false, []]);
    expect(changes(did('Workflow Completed'))).toEqual([true, undefined]);
    expect(acme.log).toBeUndefined();
  });

  test('and kept where the account keeps its events', () => {
    const { world, acme } = aScene([{}], { keep: { accounts: new Set(['acme']) } });
    const event = did('Seen');
    foldOne(world, acme, event);
    expect(acme.log).toEqual([event]);
  });

  test('and may bring a champion where there was none, if it is by somebody new', () => {
    const tells = (event: Event) => {
      const { world, acme } = aScene([champion]);
      acme.champions = [undefined];
      acme.glances = [];
      return [foldOne(world, acme, event), acme.glances];
    };
    expect(tells(did('Seen', { personId: 'cleo' }))).toEqual([true, undefined]);
    expect(tells(did('Seen'))).toEqual([false, []]);
    expect(tells(did('Seen', { personId: 'cleo', source: 'goodturn' }))).toEqual([false, []]);
    const { personId: _, ...nobodys } = did('Seen');
    expect(tells(nobodys)).toEqual([false, []]);
  });

  /** The champion was `was`; the trigger said that it holds by these gates. Then somebody does something. */
  const displaces = (was: 'ada' | 'ben', said: string, event: Event) => {
    const { world, acme, ...people } = aScene([champion]);
    acme.champions = [people[was]];
    acme.agenda = { ...acme.agenda, verdicts: { t0: `hold:${said}:` } };
    const isNews = foldOne(world, acme, event);
    return { isNews, champion: acme.champions?.map((person) => person?.id) };
  };

  test('and is no news where another champion would be told the same', () => {
    expect(displaces('ben', 'account', did('Seen'))).toEqual({ isNews: false, champion: ['ada'] });
  });

  test('and is news where another champion may be told something else', () => {
    expect(displaces('ben', 'no_slot', did('Seen'))).toEqual({ isNews: true, champion: ['ben'] });
  });

  test.each<[string, Event]>([
    ['the champion themselves', did('Seen', { personId: 'ben' })],
    ['somebody who stays behind the champion', did('Seen', { occurredAt: day(0.5) })],
    ['us', did('Seen', { personId: 'ada', source: 'goodturn' })],
  ])('and is no news where it is by %s', (_, event) => {
    expect(displaces('ben', 'no_slot', event)).toEqual({ isNews: false, champion: ['ben'] });
  });
});

describe('an account that loses events to another', () => {
  const lose = (kept: readonly string[]) => {
    const scene = aScene(
      [{}],
      { keep: { accounts: new Set(kept) } },
      { isMoved: true, lost: new Set(['test:lost']) },
    );
    const { world, acme } = scene;
    const own = [
      did('Kind Words', { id: 'test:own', personId: 'ben' }),
      did('Kind Words', { id: 'test:lost' }),
    ];
    acme.state = emptyState();
    for (const event of own) foldOne(world, acme, event);
    const waiting = own.map(({ id, occurredAt }) =>
      anOpening({ id, occurredAt, name: 'Kind Words', personId: 'old' }),
    );
    acme.agenda = { ...acme.agenda, openings: { t0: waiting } };
    acme.held = world.effectsOf('Kind Words').opens.flatMap((opened) =>
      own.map((event) => ({
        opened,
        event: { ...event, id: `${event.id}-held` },
        holds: { names: [], verdict: '', larger: [] },
      })),
    );
    acme.glances = [];
    expect(take(scene)).toBe(true);
    return scene;
  };

  test('is what the others say, and only they wait, each by whom they are by now', () => {
    const scene = lose(['acme']);
    const { acme } = scene;
    expect(Object.keys(acme.state.people)).toEqual(['ben']);
    expect(acme.log?.map(({ id }) => id)).toEqual(['test:own']);
    expect(acme.agenda.openings['t0']).toMatchObject([{ id: 'test:own', personId: 'ben' }]);
    expect([acme.held, acme.glances]).toEqual([undefined, undefined]);
  });

  test('stays as it was where it did not keep its events', () => {
    const { acme } = lose([]);
    expect(Object.keys(acme.state.people).sort()).toEqual(['ada', 'ben']);
    expect(acme.glances).toBeUndefined();
  });
});
