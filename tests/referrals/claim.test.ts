import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import { companyOf, foldAddress } from '../../src/referrals/address.ts';
import { type Claim, creditFor, joins, windowOf } from '../../src/referrals/claim.ts';
import { STAGES } from '../../src/referrals/stage.ts';

const window = 90 * DAY;
const aClaim = (overrides: Partial<Claim>): Claim => ({
  id: 'r1',
  code: 'ada',
  at: 0,
  stage: 'submitted',
  held: false,
  window,
  ...overrides,
});
const two = [aClaim({ id: 'r1', code: 'ada', at: 1 * DAY }), aClaim({ id: 'r2', code: 'bob', at: 2 * DAY })];
const ids = (claims: readonly Claim[], at: number, model: 'last' | 'first' | 'split') =>
  creditFor(claims, at, model).map(({ id, share }) => [id, share]);

describe('the company of an address', () => {
  test('is its domain, whatever the case', () => {
    expect(companyOf(' Jo@Prospect.Example ')).toEqual({ key: 'prospect.example', private: false });
  });

  test('is the address itself where the domain is free mail', () => {
    expect(companyOf('Jo.Doe@Gmail.com')).toEqual({ key: 'jo.doe@gmail.com', private: true });
  });

  test('plus-tags, dots and case fold into one person', () => {
    expect(foldAddress('Jo.Doe+x@GoogleMail.com')).toBe(foldAddress('jodoe@gmail.com'));
    expect(foldAddress('jo@a.example')).not.toBe(foldAddress('jo@b.example'));
  });
});

describe('two advocates referred one company', () => {
  test('the last inside the window is credited', () =>
    expect(ids(two, 3 * DAY, 'last')).toEqual([['r2', 1]]));
  test('or the first, where that is chosen', () => expect(ids(two, 3 * DAY, 'first')).toEqual([['r1', 1]]));
  test('or both in equal parts', () => {
    expect(ids(two, 3 * DAY, 'split')).toEqual([
      ['r2', 0.5],
      ['r1', 0.5],
    ]);
  });

  test('once one reached opportunity it stays with them, though another came later', () => {
    const fixed = [
      aClaim({ id: 'r1', at: 1 * DAY, stage: 'opportunity' }),
      aClaim({ id: 'r2', code: 'bob', at: 2 * DAY }),
    ];
    expect(ids(fixed, 500 * DAY, 'last')).toEqual([['r1', 1]]);
  });

  test('when that opportunity is lost the company is free again', () => {
    const lost = [
      aClaim({ id: 'r1', at: 1 * DAY, stage: 'lost' }),
      aClaim({ id: 'r2', code: 'bob', at: 2 * DAY }),
    ];
    expect(ids(lost, 3 * DAY, 'first')).toEqual([['r2', 1]]);
  });

  test('one that is held for review counts for nothing', () => {
    const held = [
      aClaim({ id: 'r1', at: 1 * DAY }),
      aClaim({ id: 'r2', code: 'bob', at: 2 * DAY, held: true }),
    ];
    expect(ids(held, 3 * DAY, 'last')).toEqual([['r1', 1]]);
  });
});

describe('the window', () => {
  test('counts at both edges and not a millisecond outside', () => {
    const claim = [aClaim({ at: 10 })];
    expect(ids(claim, 10, 'last')).toHaveLength(1);
    expect(ids(claim, 10 + window, 'last')).toHaveLength(1);
    expect(ids(claim, 10 + window + 1, 'last')).toEqual([]);
    expect(ids(claim, 9, 'last')).toEqual([]);
  });

  test('is each claim’s own', () => {
    const claims = [aClaim({ id: 'r1', window: 180 * DAY }), aClaim({ id: 'r2', code: 'bob', at: 1 })];
    expect(ids(claims, 100 * DAY, 'last')).toEqual([['r1', 1]]);
  });

  test('may be longer for a segment', () => {
    const attribution = { window, model: 'last', segments: { enterprise: 180 * DAY } } as const;
    expect(windowOf(attribution, 'enterprise')).toBe(180 * DAY);
    expect(windowOf(attribution, 'startup')).toBe(window);
    expect(windowOf(attribution)).toBe(window);
  });
});

describe('a further introduction by the same advocate', () => {
  test('joins the one inside the window', () => {
    expect(joins([aClaim({ at: 5 })], 'ada', 5 + window)?.id).toBe('r1');
    expect(joins([aClaim({ at: 5 })], 'ada', 6 + window)).toBeUndefined();
  });

  test('joins an opportunity however old it is', () => {
    expect(joins([aClaim({ at: 5, stage: 'won' })], 'ada', 900 * DAY)?.id).toBe('r1');
  });

  test('never joins another advocate’s', () => expect(joins([aClaim({})], 'bob', 1)).toBeUndefined());
});

describe('laws of attribution', () => {
  const claims = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
      code: fc.constantFrom('ada', 'bob'),
      at: fc.integer({ min: 0, max: 3 }),
      stage: fc.constantFrom(...STAGES),
      held: fc.boolean(),
      window: fc.constantFrom(2, 3),
    }),
    { selector: (claim) => claim.id },
  );
  const model = fc.constantFrom('last' as const, 'first' as const, 'split' as const);

  test('shares add up to one, or nobody is credited', () => {
    fc.assert(
      fc.property(claims, model, fc.integer({ min: 0, max: 8 }), (list, chosen, at) => {
        const total = creditFor(list, at, chosen).reduce((sum, { share }) => sum + share, 0);
        expect([0, 1].some((whole) => Math.abs(total - whole) < 1e-9)).toBe(true);
      }),
    );
  });

  test('the order of the claims changes nothing', () => {
    fc.assert(
      fc.property(claims, model, fc.integer({ min: 0, max: 8 }), (list, chosen, at) => {
        const credit = (some: readonly Claim[]) =>
          creditFor(some, at, chosen)
            .map(({ id }) => id)
            .sort();
        expect(credit(list)).toEqual(credit(list.toReversed()));
      }),
    );
  });
});
