import { expect, test } from 'vitest';
import { eventInWords, newsInWords } from '../../src/delivery/event-in-words.ts';

test.each([
  ['NPS Answered', { score: 9 }, undefined, 'Gave 9 of 10'],
  ['NPS Answered', { score: null }, undefined, 'Answered the survey'],
  ['Kind Words', { text: 'Splendid' }, undefined, 'Wrote'],
  ['Referral Won', {}, 'Lumen Labs', 'Lumen Labs became a customer'],
  ['Referral Qualified', {}, null, 'The company they introduced looks like a good fit'],
  ['Workflow Completed', { steps: 3 }, undefined, 'Workflow Completed'],
] as const)('%s with %j is said in words', (name, properties, company, words) => {
  expect(eventInWords({ name, properties, ...(company === undefined ? {} : { company }) })).toBe(words);
});

test('what is no stage of a referral is said without a claim', () => {
  expect(newsInWords('Workflow Completed')).toBe('came up again');
  expect(newsInWords(null)).toBe('came up again');
});
