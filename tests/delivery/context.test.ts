import { describe, expect, test } from 'vitest';
import type { Program } from '../../src/catalog/published.ts';
import { emptyContext } from '../../src/catalog/template-context.ts';
import { buildContext, type ContextFacts } from '../../src/delivery/context.ts';

const program: Program = {
  ideal_customer: { role: 'operations lead', size: '50 to 500 people', pain: null },
  intro:
    'We use {{product.name}} at {{or account.name "our company"}}.{{#if link.referral}} {{link.referral}}{{/if}}',
  assets: [],
  next_steps: null,
  booking_url: null,
  terms_url: null,
  offer: { default: 'a month on us', enterprise: 'a donation in your name' },
};

const facts = (overrides: Partial<ContextFacts> = {}): ContextFacts => ({
  person: { id: 'u1', traits: {} },
  account: { id: 'acme', traits: {} },
  readiness: { value: 0, contributions: [] },
  links: {},
  productName: 'Flowly',
  program,
  ...overrides,
});

const namesOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => [
        key,
        ...namesOf(inner).map((name) => `${key}.${name}`),
      ])
    : [];

describe('the context of a message', () => {
  test('has every name, also when nothing is known', () => {
    expect(namesOf(buildContext(facts()))).toEqual(namesOf(emptyContext()));
    expect(buildContext(facts())).toMatchObject({
      person: { id: 'u1', name: null, first_name: null, email: null },
      owner: { name: null, email: null },
      event: { name: null },
    });
  });

  test.each([
    [{ name: 'Ada King Lovelace' }, 'Ada', 'Ada King Lovelace'],
    [{ name: 'Ada Lovelace', first_name: 'Augusta' }, 'Augusta', 'Ada Lovelace'],
    [{ first_name: 'Ada', last_name: 'Lovelace' }, 'Ada', 'Ada Lovelace'],
    [{ name: '  ' }, null, null],
    [{ name: 'https://evil.example' }, null, null],
  ])('%j is called by the first name', (traits, first, name) => {
    expect(buildContext(facts({ person: { id: 'u1', traits } })).person).toMatchObject({
      first_name: first,
      name,
    });
  });

  test('names the owner only where the CSM is the one meant', () => {
    const traits = { csm_name: 'Sam Ortiz', csm_email: 'Sam@Vendor.example' };
    const owner = (ownerEmail: string) =>
      buildContext(facts({ account: { id: 'acme', traits }, ownerEmail })).owner;
    expect(owner('sam@vendor.example')).toEqual({
      name: 'Sam Ortiz',
      first_name: 'Sam',
      email: 'sam@vendor.example',
    });
    expect(owner('team@vendor.example')).toEqual({
      name: null,
      first_name: null,
      email: 'team@vendor.example',
    });
  });

  test.each([
    ['enterprise', 'a donation in your name'],
    ['smb', 'a month on us'],
    ['constructor', 'a month on us'],
  ])('offers the segment %s its own', (segment, offer) => {
    expect(buildContext(facts({ account: { id: 'acme', traits: { segment } } })).program.offer).toBe(offer);
  });

  test('has the introduction already written', () => {
    const context = buildContext(
      facts({
        account: { id: 'acme', traits: { name: 'Acme' } },
        links: { referral: 'https://asks.vendor.example/r/x1' },
      }),
    );
    expect(context.program.intro).toBe('We use Flowly at Acme. https://asks.vendor.example/r/x1');
  });

  test('tells the strongest evidence first', () => {
    const contributions = [
      { signal: 'habit', points: 10.4, says: 'uses it daily' },
      { signal: 'promoter', points: 49.6, says: 'gave a 10' },
    ];
    const context = buildContext(facts({ readiness: { value: 60, contributions } }));
    expect(context.signals).toEqual([
      { name: 'promoter', says: 'gave a 10', points: 50 },
      { name: 'habit', says: 'uses it daily', points: 10 },
    ]);
  });

  test('has no web address in what a stranger may have written', () => {
    const referral = {
      id: 'r1',
      company: 'Globex',
      name: 'Win at evil.com',
      role: 'https://evil.example',
      stage: 'won',
    };
    expect(buildContext(facts({ referral })).referral).toEqual({
      id: 'r1',
      company: 'Globex',
      name: 'Win at',
      first_name: 'Win',
      role: null,
      stage: 'won',
    });
  });

  test('does not take an address it could not send to', () => {
    expect(
      buildContext(facts({ person: { id: 'u1', traits: { email: 'ada@acme.example, x@evil.example' } } }))
        .person.email,
    ).toBeNull();
  });
});
