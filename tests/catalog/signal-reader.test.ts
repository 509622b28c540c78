import { describe, expect, test } from 'vitest';
import { parseCatalog } from '../../src/catalog/read-catalog.ts';
import { DAY } from '../../src/engine/time.ts';

const readinessOf = (signals: string) => parseCatalog({ triggers: { 'readiness.yaml': signals } });
describe('readiness.yaml', () => {
  test('becomes numbers and enums, whatever the kind of signal', () => {
    const { catalog } = readinessOf(`
signals:
  words:    { happened: { event: Kind Words, where: { "a.b": { not: null, contains: x }, n: 3 }, until: { event: Gone } }, points: 12.5, half_life: 2w, expires: 90d, says: "{{ text }}" }
  broken:   { happened: { event: Ticket Opened }, until: { event: Ticket Solved, where: { priority: urgent } }, dampens: 80% }
  started:  { milestone: { event: Run, times: 3 }, points: 1 }
  habit:    { frequency: { event: Run, times: 1000, within: 30s }, points: 99 }
  more:     { growth: { trait: seats, by: 20%, within: 60d } }
  fewer:    { growth: { trait: seats, by: -5, within: 60d } }
  fans:     { nps: { at_least: 9, people: 2 } }
  quiet:    { silent: { event: Run, for: 4w } }
  renewal:  { trait: { name: renewal_at, within_next: 45d } }
  big:      { trait: { name: seats, at_least: 50, in: [50, 60] } }
  old:      { tenure: { at_least: 90d } }
`);
    expect(catalog?.catalog.signals).toEqual([
      {
        name: 'words',
        evidence: {
          kind: 'happened',
          match: {
            event: 'Kind Words',
            where: [
              { path: 'a.b', test: { not: null, contains: 'x' } },
              { path: 'n', test: { is: 3 } },
            ],
          },
          until: { event: 'Gone', where: [] },
        },
        effect: { kind: 'points', points: 12.5 },
        halfLife: 14 * DAY,
        expires: 90 * DAY,
        says: '{{ text }}',
      },
      {
        name: 'broken',
        evidence: {
          kind: 'happened',
          match: { event: 'Ticket Opened', where: [] },
          until: { event: 'Ticket Solved', where: [{ path: 'priority', test: { is: 'urgent' } }] },
        },
        effect: { kind: 'dampens', share: 0.8 },
      },
      {
        name: 'started',
        evidence: { kind: 'milestone', match: { event: 'Run', where: [] }, times: 3 },
        effect: { kind: 'points', points: 1 },
      },
      {
        name: 'habit',
        evidence: { kind: 'frequency', match: { event: 'Run', where: [] }, times: 1000, within: 30_000 },
        effect: { kind: 'points', points: 99 },
      },
      {
        name: 'more',
        evidence: { kind: 'growth', trait: 'seats', by: { unit: 'percent', amount: 20 }, within: 60 * DAY },
        effect: { kind: 'none' },
      },
      {
        name: 'fewer',
        evidence: { kind: 'growth', trait: 'seats', by: { unit: 'number', amount: -5 }, within: 60 * DAY },
        effect: { kind: 'none' },
      },
      { name: 'fans', evidence: { kind: 'nps', atLeast: 9, people: 2 }, effect: { kind: 'none' } },
      {
        name: 'quiet',
        evidence: { kind: 'silent', match: { event: 'Run', where: [] }, for: 28 * DAY },
        effect: { kind: 'none' },
      },
      {
        name: 'renewal',
        evidence: { kind: 'trait', name: 'renewal_at', test: { withinNext: 45 * DAY } },
        effect: { kind: 'none' },
      },
      {
        name: 'big',
        evidence: { kind: 'trait', name: 'seats', test: { atLeast: 50, in: [50, 60] } },
        effect: { kind: 'none' },
      },
      { name: 'old', evidence: { kind: 'tenure', atLeast: 90 * DAY }, effect: { kind: 'none' } },
    ]);
  });

  test('may name its signals at the top, without "signals"', () => {
    const bare = readinessOf('fans: { nps: { at_least: 9 }, points: 40 }\n');
    const named = readinessOf('signals:\n  fans: { nps: { at_least: 9 }, points: 40 }\n');
    expect(bare.faults).toEqual([]);
    expect(bare.catalog?.catalog.signals).toEqual(named.catalog?.catalog.signals);
  });

  test('alone is a catalog too: no triggers, the default guardrails', () => {
    const { catalog, notes } = readinessOf('fans: { nps: { at_least: 9 }, points: 40 }\n');
    expect(catalog?.catalog.triggers).toEqual([]);
    expect(catalog?.catalog.guardrails.perPerson.asksPerYear).toBe(3);
    expect(notes).toEqual([]);
  });
});
