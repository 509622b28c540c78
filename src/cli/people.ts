import type { Command } from 'commander';
import { erasePerson } from '../use-cases/erase-person.ts';
import { exportPerson } from '../use-cases/export-person.ts';
import { presentErasure, presentExport } from '../use-cases/present-person.ts';
import { configOf } from './arguments.ts';
import { type ExitCode, FINE, type Io, writeJson } from './io.ts';
import { askService } from './remote.ts';
import type { Run } from './run.ts';
import { plural } from './table.ts';
import { withDatabase } from './with-database.ts';

export function addPeople(program: Command, run: Run): void {
  program
    .command('export <person>')
    .description('everything that is kept about a person, as one JSON document')
    .option('--json', 'the same, on one line')
    .action((person: string, options: { json?: boolean }) => run((io) => exportOne(io, person, options)));
  program
    .command('erase <person>')
    .description('take a person, by user id or address, out of every table, for good')
    .option('--json', 'one JSON document on standard output')
    .action((person: string, options: { json?: boolean }) => run((io) => eraseOne(io, person, options)));
}

const pathOf = (person: string) => `/v1/people/${encodeURIComponent(person)}`;

async function exportOne(io: Io, person: string, { json }: { json?: boolean }): Promise<ExitCode> {
  const config = configOf(io);
  const found = await withDatabase<unknown>(
    io,
    config,
    async ({ deps }) => presentExport(await exportPerson(deps, person)),
    () => askService(io, config, 'GET', `${pathOf(person)}/export`),
  );
  if (json) writeJson(io, found);
  else io.out(`${JSON.stringify(found, null, 2)}\n`);
  return FINE;
}

async function eraseOne(io: Io, person: string, { json }: { json?: boolean }): Promise<ExitCode> {
  const config = configOf(io);
  const done = await withDatabase<unknown>(
    io,
    config,
    async ({ deps }) => presentErasure(await erasePerson(deps, person)),
    () => askService(io, config, 'DELETE', pathOf(person)),
  );
  if (json) writeJson(io, done);
  else io.out(inWords(person, Object(done)));
  return FINE;
}

function inWords(person: string, done: Readonly<Record<string, unknown>>): string {
  if (done['erased'] !== true) return `${person} was erased before; nothing of them was left.\n`;
  const number = (name: string) => Number(done[name] ?? 0);
  const versions = Array.isArray(done['named_in_catalog_versions']) ? done['named_in_catalog_versions'] : [];
  const named =
    versions.length === 0
      ? ''
      : `The definitions name them, in version ${versions.join(', ')} of the catalog: take them out of your files.\n`;
  return `${person} is erased, and stays so: their addresses are suppressed, and what is reported of them later is dropped.
  ${plural(number('events_removed'), 'event')} and ${plural(number('mails'), 'mail')} removed
  ${plural(number('asks'), 'ask')}, ${plural(number('referrals'), 'referral')} and ${plural(number('events_kept_without_them'), 'event')} of ${plural(number('accounts'), 'account')} stay without them
${named}`;
}
