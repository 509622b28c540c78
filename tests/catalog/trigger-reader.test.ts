import { describe, expect, test } from 'vitest';
import { formatFaults } from '../../src/catalog/fault.ts';
import { parseCatalog } from '../../src/catalog/read-catalog.ts';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { catalogWith } from './faulty-catalog.ts';

const triggerOf = (text: string) => {
  const checked = parseCatalog(catalogWith('trigger', text));
  expect(formatFaults(checked.faults)).toBe('');
  return checked.catalog?.catalog.triggers.find(({ name }) => name === 'case');
};
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
