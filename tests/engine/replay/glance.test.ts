import { describe, expect, test } from 'vitest';
import type { Gate, Trigger } from '../../../src/engine/catalog.ts';
import type { Event } from '../../../src/engine/event.ts';
import { fold } from '../../../src/engine/fold.ts';
import { glance, isAsBefore, putOnAgenda } from '../../../src/engine/replay/glance.ts';
import { reportOf } from '../../../src/engine/replay/report.ts';
import { sleepUntil } from '../../../src/engine/replay/unsettle.ts';
import {
  type Account,
  accountOf,
  type Person,
  personOf,
  type World,
} from '../../../src/engine/replay/world.ts';
import { DAY, HOUR } from '../../../src/engine/time.ts';
import { anAnswer, anEvent, anOpening, aTrigger, day, someGuardrails, where } from '../../builders.ts';
import { aWorld } from './worlds.ts';

const never: Gate = { kind: 'account', where: where({ plan: { is: 'none' } }) };
const ready: Gate = { kind: 'readiness', atLeast: 50 };
const tenure = (days: number): Gate => ({ kind: 'tenure', atLeast: days * DAY });

const NEVER = Number.POSITIVE_INFINITY;

/** Nothing stands in the way of anybody but the gates of the triggers. */
const guardrails = someGuardrails({
  perAccount: { ...someGuardrails().perAccount, minimumTenure: 0 },
  quietHours: { from: 0, to: 0, weekends: 'normal' },
});

type Scene = { readonly world: World; readonly acme: Account; readonly ada: Person; readonly ben: Person };

/** On the second day of acme; ada and ben can be reached. Unless said otherwise a trigger waits for kind words. */
function aScene(triggers: readonly Partial<Trigger>[], options: Parameters<typeof aWorld>[1] = {}): Scene {
  const world = aWorld(
    {
      triggers: triggers.map((trigger, i) =>
        aTrigger({ name: `t${i}`, on: ['Kind Words'], channel: 'nudge', fresh: 5 * DAY, ...trigger }),
      ),
      guardrails,
    },
    options,
  );
  const acme = accountOf(world, 'acme');
  const [ada, ben] = [personOf(world, 'ada'), personOf(world, 'ben')];
  for (const { id, traits } of [ada, ben]) traits['email'] = `${id}@customer.example`;
  fold(acme.state, anEvent({ name: 'Seen', personId: 'ben', occurredAt: day(0) }), world.index);
  world.now = day(1);
  return { world, acme, ada, ben };
}

const praise = (change: Partial<Event> = {}) =>
  anEvent({ name: 'Kind Words', occurredAt: day(1), ...change });

function glanceAt({ world, acme }: Scene, event: Event = praise()): boolean {
  return glance(world, acme, event, world.effectsOf(event.name).opens);
}

const heldIn = ({ acme }: Scene) =>
  acme.held?.map(({ opened, event, holds }) => [opened.trigger.name, event.id, holds.names]);
const holdsIn = ({ world }: Scene) =>
  reportOf(world).holds.map(({ trigger, gate, count, alone }) => [trigger, gate, count, alone]);

describe('a glance at an event', () => {
  test('is enough where each trigger that it opens plainly holds', () => {
    const scene = aScene([{ when: [never] }, { when: [never, ready] }]);
    const event = praise();
    expect(glanceAt(scene, event)).toBe(true);
    expect(heldIn(scene)).toEqual([
      ['t0', event.id, ['account']],
      ['t1', event.id, ['account', 'readiness']],
    ]);
    expect(holdsIn(scene)).toEqual([
      ['t0', 'account', 1, 1],
      ['t1', 'account', 1, 0],
      ['t1', 'readiness', 1, 0],
    ]);
    expect(scene.ada.watchedBy).toEqual([scene.acme]);
    expect(scene.acme.agenda.openings).toEqual({});
  });

  test.each<[string, Partial<Trigger>[], Partial<Event>?]>([
    ['nothing holds', [{}]],
    ['only readiness is missing', [{ when: [ready] }]],
    ['one of several may ask', [{ when: [never] }, {}]],
    ['somebody did it who is not known', [{ when: [never] }], { personId: 'cleo' }],
  ])('is not enough where %s, and nothing is done', (_, triggers, change) => {
    const scene = aScene(triggers);
    expect(glanceAt(scene, praise(change))).toBe(false);
    expect([heldIn(scene), holdsIn(scene), scene.ada.watchedBy]).toEqual([undefined, [], []]);
  });

  test('is not enough where nobody did it', () => {
    const { personId: _, ...nobodys } = praise();
    expect(glanceAt(aScene([{ when: [never] }]), nobodys)).toBe(false);
  });

  test('passes over triggers for which the event came too late', () => {
    const scene = aScene([
      { when: [never], fresh: HOUR },
      { when: [never], fresh: HOUR + 1 },
      { fresh: HOUR },
    ]);
    expect(glanceAt(scene, praise({ receivedAt: day(1) + HOUR }))).toBe(true);
    expect(heldIn(scene)?.map(([trigger]) => trigger)).toEqual(['t1']);
  });

  test.each([
    ['before the first reported instant', day(1) + 1, day(9), 0],
    ['at the first', day(1), day(9), 1],
    ['at the last', day(0), day(1), 1],
    ['after the last', day(0), day(1) - 1, 0],
  ])('counts what holds, but %s', (_, from, to, count) => {
    const scene = aScene([{ when: [never] }], { from, to });
    expect(glanceAt(scene)).toBe(true);
    expect(holdsIn(scene).length).toBe(count);
    expect(scene.acme.held).toHaveLength(1);
  });

  test.each<[string, number, number, number]>([
    ['wakes the account when what holds may change', 5, NEVER, 3],
    ['leaves it to wake earlier', 5, 2, 2],
    ['wakes it earlier than it would have woken', 5, 4, 3],
    ['does not where the event is gone by then', 2, NEVER, NEVER],
    ['does not where the event is gone before', 1, NEVER, NEVER],
  ])('%s', (_, fresh, wakeDay, expected) => {
    const scene = aScene([{ when: [never, tenure(3)], fresh: fresh * DAY }]);
    const instant = (on: number) => (on === NEVER ? NEVER : day(on));
    sleepUntil(scene.world, scene.acme, instant(wakeDay));
    expect(glanceAt(scene)).toBe(true);
    expect(scene.acme.wakeAt).toBe(instant(expected));
  });

  test('remembers of triggers that ask a champion whom they would ask', () => {
    const scene = aScene([{ when: [never], who: 'champion' }]);
    scene.acme.champions = [scene.ada];
    for (const _ of 'twice') expect(glanceAt(scene)).toBe(true);
    expect(scene.acme.champions).toEqual([scene.ada, scene.ben]);
    const others = aScene([{ when: [never] }]);
    glanceAt(others);
    expect(others.acme.champions).toBeUndefined();
  });

  test('remembers also that there was nobody to ask', () => {
    const scene = aScene([{ when: [never], who: 'champion', channel: 'email' }]);
    for (const person of [scene.ada, scene.ben]) delete person.traits['email'];
    expect(glanceAt(scene)).toBe(true);
    expect(scene.acme.champions).toEqual([undefined]);
  });
});

describe('what a glance found', () => {
  /** The same object for what is not found anew. */
  const found = ({ acme }: Scene) => (acme.glances ?? []).flatMap((people) => [...(people?.values() ?? [])]);
  const byAda = () => praise();
  const byBen = () => praise({ personId: 'ben' });

  /** How much was found by two glances, between which something changes. */
  function foundBy(trigger: Partial<Trigger>, second: Event, change: (scene: Scene) => void = () => {}) {
    const scene = aScene([trigger]);
    glanceAt(scene, byAda());
    const [before] = found(scene);
    change(scene);
    expect(glanceAt(scene, second)).toBe(true);
    const after = found(scene);
    return { isKept: after[0] === before, number: after.length };
  }

  test('holds for the next event of the same person, and of anybody like them', () => {
    expect(foundBy({ when: [never] }, byAda())).toEqual({ isKept: true, number: 1 });
    expect(foundBy({ when: [never] }, byBen())).toEqual({ isKept: true, number: 1 });
  });

  test('holds for nobody else where somebody is not like others, or their traits matter', () => {
    const detractor = ({ world, acme }: Scene) => {
      fold(acme.state, anAnswer(3, { personId: 'ben' }), world.index);
    };
    expect(foundBy({ when: [never] }, byBen(), detractor)).toEqual({ isKept: true, number: 2 });
    const chef: Gate = { kind: 'person', where: where({ role: { is: 'chef' } }) };
    expect(foundBy({ when: [never, chef] }, byBen())).toEqual({ isKept: true, number: 2 });
    expect(foundBy({ when: [never, chef] }, byAda())).toEqual({ isKept: true, number: 1 });
    const older = ({ ada }: Scene) => (ada.version += 1);
    expect(foundBy({ when: [never, chef] }, byAda(), older)).toEqual({ isKept: false, number: 1 });
    expect(foundBy({ when: [never] }, byAda(), older)).toEqual({ isKept: true, number: 1 });
  });

  test('is found anew for an event that passes other gates', () => {
    const high: Gate = { kind: 'event', where: where({ score: { atLeast: 9 } }) };
    const scored = praise({ properties: { score: 9 } });
    expect(foundBy({ when: [never, high] }, scored)).toEqual({ isKept: true, number: 2 });
    expect(foundBy({ when: [never], unless: [high] }, scored).number).toBe(2);
    const low: Gate = { kind: 'event', where: where({ score: { below: 5 } }) };
    expect(foundBy({ when: [never, high], unless: [low] }, scored).number).toBe(2);
    expect(foundBy({ when: [never, high] }, praise({ properties: { score: 8 } }))).toEqual({
      isKept: true,
      number: 1,
    });
  });

  test('is found anew once a trigger has paused itself, time has changed it, or another champion may have come', () => {
    const paused = ({ world }: Scene) => world.pauses.push({ trigger: 't0', until: NEVER });
    expect(foundBy({ when: [never] }, byAda(), paused).isKept).toBe(false);
    const later = (on: number) => (scene: Scene) => {
      scene.world.now = day(on);
    };
    expect(foundBy({ when: [never, tenure(3)] }, byAda(), later(2.9)).isKept).toBe(true);
    expect(foundBy({ when: [never, tenure(3)] }, byAda(), later(3)).isKept).toBe(false);
    expect(foundBy({ when: [never], who: 'champion' }, byAda()).isKept).toBe(false);
  });
});

describe('events that were only glanced at', () => {
  test('go on the agenda with what held them', () => {
    const scene = aScene([{ when: [never] }]);
    const { acme, world } = scene;
    acme.agenda = {
      ...acme.agenda,
      openings: { t0: [anOpening({ id: 'test:0' })] },
      verdicts: { t9: 'hold:x:' },
    };
    const event = praise({ id: 'test:1' });
    glanceAt(scene, event);
    putOnAgenda(acme, world.now);
    expect(acme.held).toBeUndefined();
    expect(acme.agenda.openings['t0']?.map(({ id }) => id)).toEqual(['test:0', 'test:1']);
    expect(acme.agenda.verdicts).toEqual({ t9: 'hold:x:', 't0/test:1': 'hold:account:' });
  });

  test('leave the agenda as it was where there are none, or none that are young enough', () => {
    const scene = aScene([{ when: [never], fresh: DAY }]);
    const { acme } = scene;
    const { agenda } = acme;
    putOnAgenda(acme, day(1));
    expect(acme.agenda).toBe(agenda);
    glanceAt(scene);
    putOnAgenda(acme, day(2));
    expect([acme.agenda === agenda, acme.held]).toEqual([true, undefined]);
    glanceAt(scene);
    putOnAgenda(acme, day(2) - 1);
    expect(acme.agenda.openings['t0']).toHaveLength(1);
  });

  test('wait, the latest twenty of each trigger', () => {
    const scene = aScene([{ when: [never] }, { on: ['Praise'], when: [never] }]);
    glanceAt(scene, praise({ id: 'test:first', name: 'Praise' }));
    for (let n = 10; n < 90; n += 1) glanceAt(scene, praise({ id: `test:${n}` }));
    const idsIn = () => scene.acme.held?.map(({ event }) => event.id);
    expect(idsIn()).toEqual(['test:first', ...Array.from({ length: 20 }, (_, i) => `test:${70 + i}`)]);
    glanceAt(scene, praise({ id: 'test:90' }));
    expect(idsIn()).toHaveLength(22);
  });

  test('wait no longer than they are young enough', () => {
    const scene = aScene([{ when: [never], fresh: DAY }]);
    for (const on of [1, 1.5, 2, 2.5]) {
      scene.world.now = day(on);
      glanceAt(scene, praise({ id: `test:${on}`, occurredAt: day(on) }));
    }
    expect(scene.acme.held?.map(({ event }) => event.id)).toEqual(['test:2', 'test:2.5']);
  });
});

describe('triggers that ask a champion', () => {
  /** Ben was champion; ada has more evidence now. The last look said of each trigger that it holds by these gates. */
  function aSuccession(
    triggers: readonly Partial<Trigger>[],
    said: readonly string[],
    arrange: (scene: Scene) => void = () => {},
  ) {
    const scene = aScene(triggers.map((trigger) => ({ on: [], who: 'champion', ...trigger })));
    const { world, acme, ada, ben } = scene;
    fold(acme.state, anEvent({ personId: 'ada', occurredAt: day(1) }), world.index);
    const verdicts = Object.fromEntries(said.map((gates, i) => [`t${i}`, `hold:${gates}:`]));
    acme.agenda = { ...acme.agenda, verdicts };
    acme.champions = [ben];
    arrange(scene);
    const isSame = isAsBefore(world, acme, 'ada', ben);
    const champion = acme.champions?.map((person) => person?.id);
    return { scene, isSame, champion, isWatched: ada.watchedBy.includes(acme) };
  }
  const chef: Gate = { kind: 'person', where: where({ role: { is: 'chef' } }) };

  test('say what they said before where another like them comes first, who is champion then', () => {
    expect(aSuccession([{ when: [never] }], ['account'])).toMatchObject({
      isSame: true,
      champion: ['ada'],
      isWatched: true,
    });
    const { scene } = aSuccession([{ when: [never] }], ['account']);
    // Held by what is said of anybody, it need not be asked again.
    expect(scene.acme.glances).toEqual([]);
  });

  test('say what they said where their traits matter, or they are not alike, and it comes to the same', () => {
    const unlike = ({ ada }: Scene) => delete ada.traits['email'];
    for (const { isSame, champion, isWatched } of [
      aSuccession([{ when: [never, chef] }], ['account,person']),
      aSuccession([{ when: [never] }], ['account'], unlike),
    ])
      expect([isSame, champion, isWatched]).toEqual([true, ['ada'], true]);
  });

  test.each<[string, Partial<Trigger>[], string[], ((scene: Scene) => void)?]>([
    ['their traits change what holds', [{ when: [never, chef] }], ['account']],
    ['their traits let them pass', [{ unless: [chef] }], ['person']],
    ['it held for want of an hour', [{ when: [never] }], ['no_slot']],
    ['another one asked', [{ when: [never] }], ['outranked']],
    ['it has said nothing yet', [{ when: [never] }], []],
    [
      'one of them says something else',
      [{ when: [never, chef] }, { when: [never, chef] }],
      ['account,person', 'x'],
    ],
    [
      'one of them asked',
      [{ when: [never] }],
      [],
      ({ acme }) => (acme.agenda = { ...acme.agenda, verdicts: { t0: 'ask::ben' } }),
    ],
    ['the other is not known', [{ when: [never] }], ['account'], ({ world }) => world.people.delete('ada')],
  ])('may say something else where %s', (_, triggers, said, arrange) => {
    const { isSame, champion, isWatched } = aSuccession(triggers, said, arrange);
    expect([isSame, champion, isWatched]).toEqual([false, ['ben'], false]);
  });

  test('may say something else where an event waits for one of them', () => {
    const prompted = [{ when: [never] }, { on: ['Kind Words'], when: [never] }];
    const waiting = ({ acme }: Scene) => {
      acme.agenda = { ...acme.agenda, openings: { t1: [anOpening()] } };
    };
    const glanced = (scene: Scene) => glanceAt(scene);
    expect(aSuccession(prompted, ['account']).isSame).toBe(true);
    expect(aSuccession(prompted, ['account'], waiting).isSame).toBe(false);
    expect(aSuccession(prompted, ['account'], glanced).isSame).toBe(false);
    const others = [{ when: [never] }, { on: ['Kind Words'], when: [never], who: 'actor' as const }];
    expect(aSuccession(others, ['account'], waiting).isSame).toBe(true);
    expect(aSuccession(others, ['account'], glanced).isSame).toBe(true);
  });

  test('have the account wake when that may change', () => {
    const wakesAt = (arrange: (scene: Scene) => void = () => {}) =>
      aSuccession([{ when: [never, chef, tenure(3)] }], ['account,person,tenure'], arrange).scene.acme.wakeAt;
    const sleeps =
      (on: number) =>
      ({ world, acme }: Scene) =>
        sleepUntil(world, acme, day(on));
    expect(wakesAt()).toBe(day(3));
    expect(wakesAt(sleeps(2))).toBe(day(2));
    expect(wakesAt(sleeps(4))).toBe(day(3));
  });

  test('may say something else once time has changed it', () => {
    const { scene } = aSuccession([{ when: [never, chef, tenure(3)] }], ['account,person,tenure']);
    const { world, acme, ben } = scene;
    world.now = day(3) - 1;
    expect(isAsBefore(world, acme, 'ada', ben)).toBe(true);
    world.now = day(3);
    expect(isAsBefore(world, acme, 'ada', ben)).toBe(false);
  });

  test('change the champion in whose place another comes, and no other', () => {
    const nobodyToo = ({ acme, ben }: Scene) => (acme.champions = [ben, undefined]);
    expect(aSuccession([{ when: [never] }], ['account'], nobodyToo).champion).toEqual(['ada', undefined]);
  });

  test('keep their champion where another comes first whom they would not ask', () => {
    // Ada comes before ben, but no email can go to her.
    const nameless = ({ ada }: Scene) => delete ada.traits['email'];
    const { isSame, champion } = aSuccession([{ when: [never], channel: 'email' }], ['account'], nameless);
    expect([isSame, champion]).toEqual([true, ['ben']]);
  });

  test('are not asked again what they said of the same people, until something changes', () => {
    const { scene } = aSuccession([{ when: [never, chef] }], ['account,person']);
    const { world, acme, ada, ben } = scene;
    const said = () => acme.glances?.[2]?.get('ada');
    const isKept = (champion: Person) => {
      const before = said();
      expect(isAsBefore(world, acme, 'ada', champion)).toBe(true);
      return said() === before;
    };
    expect(isKept(ben)).toBe(true);
    expect(isKept(ada)).toBe(false);
    ada.version += 1;
    expect(isKept(ada)).toBe(false);
    world.pauses.push({ trigger: 'another', until: NEVER });
    expect(isKept(ada)).toBe(false);
    expect(isKept(ada)).toBe(true);
  });
});
