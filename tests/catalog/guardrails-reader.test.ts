import { describe, expect, test } from 'vitest';
import { formatFaults } from '../../src/catalog/fault.ts';
import { parseCatalog } from '../../src/catalog/read-catalog.ts';
import { DAY } from '../../src/engine/time.ts';
import { catalogWith } from './faulty-catalog.ts';

const guardrailsOf = (text: string) => {
  const checked = parseCatalog(catalogWith('guardrails', text));
  expect(formatFaults(checked.faults)).toBe('');
  return { guardrails: checked.catalog?.catalog.guardrails, notes: formatFaults(checked.notes).split('\n') };
};

describe('guardrails.yaml', () => {
  test('changes only what it says', () => {
    const { guardrails } = guardrailsOf(
      'per_account: { asks: 1 per 8w }\nwindows:\n  mornings: { days: [tue, mon], from: "08:00", to: "24:00" }\n',
    );
    expect(guardrails?.perAccount).toEqual({
      asks: { count: 1, within: 56 * DAY },
      people: { count: 2, within: 30 * DAY },
      minimumTenure: 14 * DAY,
    });
    expect(guardrails?.windows).toEqual({
      business_hours: { days: [1, 2, 3, 4, 5], from: 540, to: 1020 },
      mornings: { days: [1, 2], from: 480, to: 1440 },
    });
  });

  test('is told of each guardrail it loosens, and of none that it tightens', () => {
    const { notes } = guardrailsOf(`
per_person: { asks: 2 per 30d, asks_per_year: 2, after_decline: 30d, nudges: 1 per 2d }
per_account: { asks: 1 per 7d }
quiet_hours: { from: "22:00", to: "09:00", weekends: normal }
block_when: [support_trouble]
never: { plans: [internal] }
`);
    expect(notes).toEqual([
      'triggers/guardrails.yaml:2 per_person.asks: looser than the default: 2 per 30d, where the default is 1 per 30d',
      'triggers/guardrails.yaml:2 per_person.after_decline: looser than the default: 30d, where the default is 90d',
      'triggers/guardrails.yaml:3 per_account.asks: looser than the default: 1 per 7d, where the default is 1 per 14d',
      'triggers/guardrails.yaml:4 quiet_hours: looser than the default: 22:00 to 09:00, where the default is 20:00 to 08:00',
      'triggers/guardrails.yaml:4 quiet_hours.weekends: looser than the default: normal, where the default is quiet',
      'triggers/guardrails.yaml:5 block_when: looser than the default: no payment_failing, leaving, renewal_soon, where the default is support_trouble, payment_failing, leaving, renewal_soon',
      'triggers/guardrails.yaml:6 never.plans: looser than the default: no trial, where the default is trial, internal',
    ]);
  });

  test('takes caps so high that they hold nobody', () => {
    const { guardrails } = guardrailsOf(
      'per_person: { asks_per_year: 999999 }\nper_owner: { open: 100000 }\n',
    );
    expect([guardrails?.perPerson.asksPerYear, guardrails?.perOwner.open]).toEqual([999_999, 100_000]);
  });

  test('counts the whole of a blackout’s last day, in the zone of the workspace', () => {
    const { guardrails } = guardrailsOf(
      'timezone: America/New_York\nblackouts:\n  - { from: 2026-12-24, to: 2026-12-24, why: holidays }\n  - { from: 2026-03-08, to: 2026-03-08, why: clocks }\n',
    );
    expect(guardrails?.blackouts).toEqual([
      { from: Date.UTC(2026, 11, 24, 5), to: Date.UTC(2026, 11, 25, 5), why: 'holidays' },
      { from: Date.UTC(2026, 2, 8, 5), to: Date.UTC(2026, 2, 9, 4), why: 'clocks' },
    ]);
  });

  test('blocks by the default signals that there are, and says which there are not', () => {
    const { guardrails, notes } = guardrailsOf('per_person: { asks_per_year: 2 }\n');
    expect(guardrails?.blockWhen).toEqual(['support_trouble']);
    expect(notes[0]).toContain('readiness.yaml defines no signal "payment_failing"');
  });
});
