import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The texts of a catalog; each part that is left out is a small one that hides nothing from a test. */
export type CatalogFiles = {
  /** By file name without its ending. */
  readonly triggers: Readonly<Record<string, string>>;
  readonly readiness?: string;
  readonly guardrails?: string;
  readonly program?: string;
  /** Besides `words` for mail and drafts and `card` for nudges: `name/file` and its text. */
  readonly templates?: Readonly<Record<string, string>>;
};

/** A lone promoter is worth 70, a completed workflow 50; an urgent ticket stops every ask. */
export const READINESS = `
signals:
  promoter: { nps: { at_least: 9 }, points: 70, half_life: 45d, says: "{{ person }} gave a {{ score }}" }
  activated: { happened: { event: Workflow Completed }, points: 50, half_life: 60d, says: They work with it }
  support_trouble:
    happened: { event: Ticket Opened, where: { priority: urgent }, until: { event: Ticket Solved } }
    dampens: 80%
    says: They have an urgent ticket open
`;

/** No quiet hours and no tenure, so that a test about something else need not care for the hour. */
export const GUARDRAILS = `
per_account: { minimum_tenure: 0s }
quiet_hours: { from: "00:00", to: "00:00", weekends: normal }
block_when: [support_trouble]
`;

const TEMPLATES = {
  'words/subject.hbs': 'A question, {{or person.first_name "there"}}',
  'words/text.hbs': 'Who else should have {{product.name}}? {{link.advocate}}',
  'card/title.hbs': 'Who else?',
  'card/body.hbs': 'A note is ready.',
  'card/action.hbs': 'Read it',
};

/** Writes a catalog to folders of its own, for TRIGGERS_DIR and TEMPLATES_DIR. */
export function writeCatalog({
  triggers,
  readiness = READINESS,
  guardrails = GUARDRAILS,
  program,
  templates = {},
}: CatalogFiles) {
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-catalog-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [name, text] of Object.entries(triggers)) write(`triggers/${name}.yaml`, text);
  write('triggers/readiness.yaml', readiness);
  write('triggers/guardrails.yaml', guardrails);
  if (program !== undefined) write('triggers/program.yaml', program);
  for (const [path, text] of Object.entries({ ...TEMPLATES, ...templates })) write(`templates/${path}`, text);
  return {
    environment: { TRIGGERS_DIR: join(folder, 'triggers'), TEMPLATES_DIR: join(folder, 'templates') },
    write,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
