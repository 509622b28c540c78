import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Seen } from '../engine/unseen.ts';
import { type CatalogCheck, checkCatalog } from '../use-cases/check-catalog.ts';
import { seenInDatabase, seenInFile } from '../use-cases/seen-names.ts';
import { catalogIn, configOf, fileIn, folderIn, tellOfBadLines } from './arguments.ts';
import { type ExitCode, FINE, FOUND, type Io, stylesOf, writeJson } from './io.ts';
import type { Run } from './run.ts';
import { plural } from './table.ts';
import { withDatabase } from './with-database.ts';

type Options = {
  readonly catalog?: string;
  readonly templates?: string;
  readonly events?: string;
  readonly database?: boolean;
  readonly json?: boolean;
};

export function addCheck(program: Command, run: Run): void {
  program
    .command('check')
    .description('every fault in the definitions and messages, and what is worth knowing of them')
    .option('--catalog <folder>', 'the definitions; default TRIGGERS_DIR')
    .option('--templates <folder>', 'the messages; default TEMPLATES_DIR')
    .option('--events <file>', 'also tell which signals this history has no data for')
    .option('--database', 'also tell which signals have never had any data in the service')
    .option('--json', 'one JSON document on standard output')
    .action((options: Options) => run((io) => check(io, options)));
}

async function check(io: Io, { catalog, templates, events, database, json }: Options): Promise<ExitCode> {
  const config = configOf(io);
  const triggersDir = catalogIn(config, catalog);
  const seen = events === undefined ? undefined : seenIn(io, fileIn('--events', events));
  const known =
    seen ??
    (database === true ? await withDatabase(io, config, ({ deps }) => seenInDatabase(deps)) : undefined);
  const templatesDir = templates === undefined ? config.TEMPLATES_DIR : folderIn('--templates', templates);
  // Somebody who tries out definitions of their own need not have messages yet.
  const hasMessages = templates !== undefined || catalog === undefined || existsSync(templatesDir);
  const checked = await checkCatalog({ triggersDir, ...(hasMessages ? { templatesDir } : {}) }, known);
  if (json) writeJson(io, present(checked));
  else io.out(page(checked, stylesOf(io).bold));
  return checked.faults.length === 0 ? FINE : FOUND;
}

function seenIn(io: Io, path: string): Seen {
  const { seen, read } = seenInFile(path);
  tellOfBadLines(io, path, read);
  return seen;
}

const present = ({ faults, notes, unseen, waiting }: CatalogCheck) => ({
  faults: faults.map(presentFault),
  notes: notes.map(presentFault),
  signals_without_data: unseen ?? null,
  triggers_without_data: waiting ?? null,
});

/** A fault as a program reads it. */
export const presentFault = ({
  file,
  line,
  column,
  path,
  message,
  suggestion,
}: CatalogCheck['faults'][number]) => ({
  file,
  line,
  column: column ?? null,
  path,
  message,
  suggestion: suggestion ?? null,
});

function page(
  { faults, notes, unseen = [], waiting = [], result }: CatalogCheck,
  bold: (text: string) => string,
): string {
  const triggers = result.catalog?.catalog.triggers.length ?? result.examples.length;
  const parts: string[] = [];
  if (faults.length > 0) parts.push(`${bold(plural(faults.length, 'fault'))}\n${listed(faults)}`);
  if (notes.length > 0) parts.push(`${bold('Worth knowing')}\n${listed(notes)}`);
  if (unseen.length > 0) {
    const lines = unseen.map(({ signal, missing }) => `  ${signal}: never saw ${missing}`);
    parts.push(`${bold('Signals that have never had any data')}\n${lines.join('\n')}`);
  }
  if (waiting.length > 0) {
    const lines = waiting.map(({ trigger, missing }) => `  ${trigger}: waits for ${missing}`);
    parts.push(`${bold('Triggers that cannot ask before something new is reported')}\n${lines.join('\n')}`);
  }
  if (faults.length === 0)
    parts.push(
      `No faults in ${plural(triggers, 'trigger')} and ${plural(result.catalog?.catalog.signals.length ?? 0, 'signal')}.`,
    );
  return `${parts.join('\n\n')}\n`;
}

/** Faults as people read them, indented under a heading. */
export function listed(faults: CatalogCheck['faults']): string {
  return faults
    .map(({ file, line, path, message, suggestion }) => {
      const where = `${file}${line > 0 ? `:${line}` : ''}${path === '' ? '' : ` ${path}`}`;
      return `  ${where}\n      ${message}${suggestion === undefined ? '' : `; ${suggestion}`}`;
    })
    .join('\n');
}
