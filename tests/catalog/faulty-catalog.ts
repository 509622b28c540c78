import type { CatalogSource } from '../../src/catalog/catalog-source.ts';

/** What the cases of `faulty/` are checked beside: a small catalog without a fault. */
const SOUND: Readonly<Record<string, string>> = {
  'readiness.yaml': [
    'signals:',
    '  promoter: { nps: { at_least: 9 }, points: 70, expires: 60d }',
    '  seasoned: { tenure: { at_least: 1d } }',
    '  support_trouble: { happened: { event: Ticket Opened }, until: { event: Ticket Solved }, dampens: 80% }',
  ].join('\n'),
  'milestone-nudge.yaml': 'status: live\non: Report Shared\nchannel: nudge\ntemplate: card\n',
  'weekly-email.yaml': 'status: live\nchannel: email\ntemplate: letter\nsend: business_hours\n',
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

/**
 * The same for a file of `faulty/`. Those of `file/` are about their own name; those of `template/` are the part of the
 * message that their name ends with: `triple-stash.text.hbs.txt`.
 */
export function catalogOf(path: string, text: string): CatalogSource {
  const [kind = '', file = ''] = path.replace(/\.txt$/, '').split('/');
  if (kind === 'file') return { triggers: { ...SOUND, [file]: text }, templates: TEMPLATES };
  if (kind !== 'template') return catalogWith(kind, text);
  const part = file.slice(file.indexOf('.') + 1);
  return { triggers: SOUND, templates: { ...TEMPLATES, letter: { ...TEMPLATES.letter, [part]: text } } };
}
