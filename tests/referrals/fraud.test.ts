import { describe, expect, test } from 'vitest';
import { type Introduction, suspect } from '../../src/referrals/fraud.ts';

const anIntroduction = (overrides: Partial<Introduction>): Introduction => ({
  email: 'jo@prospect.example',
  advocate: { email: 'ada@customer.example', domains: [] },
  inOwnAccount: false,
  returned: false,
  today: 0,
  ...overrides,
});

describe('an introduction is held for review', () => {
  test.each([
    ['own_domain', { email: 'Eve@CUSTOMER.example' }],
    ['own_domain', { email: 'eve@sister.example', advocate: { domains: ['Sister.example'] } }],
    ['own_account', { inOwnAccount: true }],
    ['disposable', { email: 'jo@mailinator.com' }],
    ['disposable', { email: 'jo@box.mailinator.com' }],
    ['ring', { returned: true }],
    ['velocity', { today: 20 }],
  ] as const)('%s', (reason, overrides) => {
    expect(suspect(anIntroduction(overrides))).toEqual([reason]);
  });

  test('when it is the advocate’s own address in another spelling', () => {
    const own = anIntroduction({
      email: 'a.da+gift@gmail.com',
      advocate: { email: 'ada@gmail.com', domains: [] },
    });
    expect(suspect(own)).toEqual(['own_address']);
  });

  test('with every reason that holds', () => {
    expect(suspect(anIntroduction({ email: 'a.d.a@customer.example', returned: true }))).toEqual([
      'own_address',
      'own_domain',
      'ring',
    ]);
  });
});

describe('an honest introduction is not', () => {
  test('of another company', () => expect(suspect(anIntroduction({}))).toEqual([]));
  test('of a freelancer at the same free-mail provider', () => {
    expect(
      suspect(
        anIntroduction({
          email: 'jo@gmail.com',
          advocate: { email: 'ada@gmail.com', domains: ['gmail.com'] },
        }),
      ),
    ).toEqual([]);
  });
  test('by an advocate whose address nobody knows', () => {
    expect(suspect(anIntroduction({ advocate: { domains: [] } }))).toEqual([]);
  });
});
