import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFaults } from '../../src/catalog/fault.ts';
import { parseCatalog, readCatalog } from '../../src/catalog/read-catalog.ts';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { catalogWith } from './faulty-catalog.ts';

const readinessOf = (signals: string) => parseCatalog({ triggers: { 'readiness.yaml': signals } });
const triggerOf = (text: string) => {
  const checked = parseCatalog(catalogWith('trigger', text));
  expect(formatFaults(checked.faults)).toBe('');
  return checked.catalog?.catalog.triggers.find(({ name }) => name === 'case');
};
const guardrailsOf = (text: string) => {
  const checked = parseCatalog(catalogWith('guardrails', text));
  expect(formatFaults(checked.faults)).toBe('');
  return { guardrails: checked.catalog?.catalog.guardrails, notes: formatFaults(checked.notes).split('\n') };
};

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

describe('a trigger', () => {
  test('has defaults for all it does not say', () => {
    expect(triggerOf('status: live\non: NPS Answered\nchannel: email\ntemplate: letter\n')).toEqual({
      name: 'case',
      description: '',
      status: 'live',
      kind: 'ask',
      on: ['NPS Answered'],
      when: [],
      unless: [],
      who: 'actor',
      channel: 'email',
      template: 'letter',
      delay: 0,
      again: 90 * DAY,
      priority: 50,
      holdout: 0,
      fresh: DAY,
      expires: 14 * DAY,
    });
  });

  test('is pressed for time only as far as its deadline says', () => {
    expect(triggerOf('on: NPS Answered\nchannel: email\ntemplate: letter\ndeadline: 36h\n')).toMatchObject({
      deadline: 36 * HOUR,
      latest: 36 * HOUR,
      fresh: 36 * HOUR,
    });
  });

  test('waits three days for an answer to a nudge, and thanks as often as there is reason', () => {
    expect(triggerOf('channel: nudge\ntemplate: card\nkind: thanks\n')).toMatchObject({
      who: 'champion',
      expires: 3 * DAY,
      again: 0,
    });
  });

  test('carries every gate', () => {
    const trigger = triggerOf(`
on: [NPS Answered, Kind Words]
channel: draft
template: letter
again: never
holdout: 12.5%
fallback: { channel: nudge, after: 2h, template: card }
audience: { accounts: [acme, 42] }
when:
  - readiness: { at_least: 40, at_most: 90 }
  - signal: promoter
  - signal: { name: promoter, within: 7d }
  - event: { score: { above: 8, below: 11 } }
  - account: { plan: { not: trial } }
  - person: { title: { exists: true } }
  - tenure: { at_least: 60d }
unless:
  - asked: { within: 30d, channel: email, trigger: milestone-nudge }
  - declined: { within: 90d }
  - referral: any
  - referral: { stage: won, within: 60d }
`);
    expect(trigger).toMatchObject({
      on: ['NPS Answered', 'Kind Words'],
      again: 'never',
      holdout: 0.125,
      fallback: { channel: 'nudge', after: 2 * HOUR, template: 'card' },
      audience: { accounts: ['acme', '42'] },
    });
    expect(trigger?.when).toEqual([
      { kind: 'readiness', atLeast: 40, atMost: 90 },
      { kind: 'signal', signal: 'promoter' },
      { kind: 'signal', signal: 'promoter', within: 7 * DAY },
      { kind: 'event', where: [{ path: 'score', test: { above: 8, below: 11 } }] },
      { kind: 'account', where: [{ path: 'plan', test: { not: 'trial' } }] },
      { kind: 'person', where: [{ path: 'title', test: { exists: true } }] },
      { kind: 'tenure', atLeast: 60 * DAY },
    ]);
    expect(trigger?.unless).toEqual([
      { kind: 'asked', within: 30 * DAY, channel: 'email', trigger: 'milestone-nudge' },
      { kind: 'declined', within: 90 * DAY },
      { kind: 'referral', referral: 'any' },
      { kind: 'referral', referral: { stage: 'won', within: 60 * DAY } },
    ]);
  });
});

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

describe('the check', () => {
  test('reports the faults of all files at once, in the order of the files', () => {
    const { faults } = parseCatalog({
      triggers: {
        'readiness.yaml': 'fans: { nps: { at_least: 19 } }\n',
        'guardrails.yaml': 'timezone: Mars\n',
        'b.yaml': 'channel: email\ntemplate: letter\nsend: nights\n',
        'a.yaml': 'channel: pigeon\ntemplate: letter\nwhen:\n  - signal: fan\n',
      },
      templates: { letter: { 'subject.hbs': 'Hi {{person.nmae}}', 'text.hbs': 'Hi' } },
    });
    expect(faults.map(({ file, line, path }) => `${file}:${line} ${path}`)).toEqual([
      'templates/letter/subject.hbs:1 ',
      'triggers/a.yaml:1 channel',
      'triggers/a.yaml:4 when[0].signal',
      'triggers/b.yaml:3 send',
      'triggers/guardrails.yaml:1 timezone',
      'triggers/readiness.yaml:1 fans.nps.at_least',
    ]);
  });

  test('blames no gate for signals that could not be read', () => {
    const { faults } = parseCatalog({
      triggers: {
        'readiness.yaml': 'fans: {{\n',
        'a.yaml': 'channel: email\ntemplate: t\nwhen:\n  - signal: fans\n',
      },
    });
    expect(new Set(faults.map(({ file }) => file))).toEqual(new Set(['triggers/readiness.yaml']));
  });

  test('misses readiness.yaml', () => {
    const { faults } = parseCatalog({ triggers: { 'a.yaml': 'channel: email\ntemplate: t\n' } });
    expect(formatFaults(faults)).toBe(
      'triggers/readiness.yaml: the file is missing; it names the signals that readiness is made of',
    );
  });

  test('refuses two files of one name', () => {
    const text = 'channel: email\ntemplate: t\n';
    const { faults } = parseCatalog({
      triggers: { 'readiness.yaml': 'f: { nps: { at_least: 9 } }\n', 'a.yaml': text, 'a.yml': text },
    });
    expect(formatFaults(faults)).toBe(
      'triggers/a.yml: "a" is defined twice, in a .yaml and a .yml file; keep one of them',
    );
  });

  test('notes triggers that can never ask, and why', () => {
    const { notes } = parseCatalog(
      catalogWith(
        'trigger',
        'status: live\nchannel: email\ntemplate: letter\nwhen:\n  - readiness: { at_least: 80 }\n  - signal: support_trouble\nunless:\n  - signal: support_trouble\n',
      ),
    );
    const said = formatFaults(notes);
    expect(said).toContain('it wants a readiness of 80, and all signals together reach 70');
    expect(said).toContain('the signal support_trouble is in "when" and in "unless"');
    expect(said).toContain('it wants support_trouble, which guardrails.yaml lists in block_when');
  });

  test('notes a canonical event that is spelled otherwise', () => {
    const { notes } = parseCatalog(
      catalogWith('trigger', 'status: live\non: Nps answered\nchannel: email\ntemplate: letter\n'),
    );
    expect(formatFaults(notes)).toContain('did you mean "NPS Answered"?');
  });

  test('says which folder there is not', async () => {
    const { faults, catalog } = await readCatalog({
      triggersDir: '/nowhere/triggers',
      templatesDir: '/nowhere/templates',
    });
    expect(catalog).toBeUndefined();
    expect(formatFaults(faults)).toBe(
      '/nowhere/templates: there is no such folder\n/nowhere/triggers: there is no such folder',
    );
  });

  test('reads folders, and leaves alone what is no definition', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'goodturn-catalog-'));
    try {
      writeFileSync(join(directory, 'readiness.yml'), '\uFEFFfans: { nps: { at_least: 9 }, points: 40 }\r\n');
      writeFileSync(join(directory, 'README.md'), '# Ours');
      const checked = await readCatalog({ triggersDir: directory });
      expect(formatFaults(checked.faults)).toBe('');
      expect(checked.catalog?.catalog.signals.map(({ name }) => name)).toEqual(['fans']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('a catalog', () => {
  test('is the same when read again from the texts stored with it', async () => {
    const first = await readCatalog({ triggersDir: 'triggers', templatesDir: 'templates' });
    const again = parseCatalog(JSON.parse(JSON.stringify(first.source)));
    expect(again.catalog).toEqual(first.catalog);
  });

  test('has a hash that comments and the order of keys do not change, and a number does', () => {
    const hashOf = (text: string) => parseCatalog(catalogWith('trigger', text)).catalog?.hash;
    const hash = hashOf('channel: email\ntemplate: letter\npriority: 3\n');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf('# why\npriority: 3\ntemplate: letter\nchannel: email\n')).toBe(hash);
    expect(hashOf('channel: email\ntemplate: letter\npriority: 4\n')).not.toBe(hash);
  });

  test('is read or refused, and nothing is thrown, whatever a file holds', () => {
    const word = fc.constantFrom(
      'on',
      'when',
      'signal',
      '{',
      '}',
      '[',
      ']',
      ':',
      '-',
      '\n',
      '\n  ',
      ' ',
      '"',
      '&a',
      '*a',
      '!x',
      '|',
      '>',
      '0',
      'null',
      '<<',
      '?',
      '#',
      'readiness',
      'email',
      '%',
      '{{',
      '}}',
      '__proto__',
      '\t',
      '---',
    );
    const text = fc.array(word, { maxLength: 25 }).map((words) => words.join(''));
    fc.assert(
      fc.property(
        fc.constantFrom('trigger', 'readiness', 'guardrails', 'program', 'rewards'),
        text,
        (kind, content) => {
          const { catalog, faults } = parseCatalog(catalogWith(kind, content));
          expect(catalog === undefined).toBe(faults.length > 0);
        },
      ),
      { numRuns: 400 },
    );
  });
});
