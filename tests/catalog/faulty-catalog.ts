import type { CatalogSource } from '../../src/catalog/catalog-source.ts';

/** What the cases of `faulty/` are checked beside: a small catalog without a fault. */
const SOUND: Readonly<Record<string, string>> = {
  'readiness.yaml': [
    'signals:',
    '  promoter: { nps: { at_least: 9 }, points: 70 }',
    '  support_trouble: { happened: { event: Ticket Opened }, until: { event: Ticket Solved }, dampens: 80% }',
  ].join('\n'),
  'milestone-nudge.yaml': 'status: live\non: Report Shared\nchannel: nudge\ntemplate: card\n',
};

const TEMPLATES = {
  letter: { 'subject.hbs': 'One question', 'text.hbs': 'Hi {{or person.first_name "there"}}' },
  card: { 'title.hbs': 'A title', 'body.hbs': 'A body', 'action.hbs': 'A button' },
};

/** The sound catalog with one file of a kind put in (`trigger` files are called case.yaml). */
export function catalogWith(kind: string, text: string): CatalogSource {
  const name = kind === 'trigger' ? 'case.yaml' : `${kind}.yaml`;
  return { triggers: { ...SOUND, [name]: text }, templates: TEMPLATES };
}
