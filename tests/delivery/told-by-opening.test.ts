import { expect, test } from 'vitest';
import { toldByOpening } from '../../src/delivery/told-by-opening.ts';
import type { Evidence, Signal } from '../../src/engine/catalog.ts';

const signal = (name: string, evidence: Evidence): Signal => ({ name, evidence, effect: { kind: 'none' } });
const match = { event: 'Kind Words', where: [] };
const SIGNALS = [
  signal('promoter', { kind: 'nps', atLeast: 9, people: 1 }),
  signal('promoters', { kind: 'nps', atLeast: 9, people: 3 }),
  signal('kind_words', { kind: 'happened', match }),
  signal('much_praise', { kind: 'milestone', match, times: 5 }),
];

test.each([
  ['NPS Answered', ['promoter']],
  ['Kind Words', ['kind_words']],
  ['Report Shared', []],
  [undefined, []],
])('what an opening %s has said is not said again', (event, told) => {
  expect([...toldByOpening(SIGNALS, event)]).toEqual(told);
});
