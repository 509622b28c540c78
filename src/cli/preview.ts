import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { presentPreview } from '../use-cases/present-preview.ts';
import { type Draft, draftOnDisk, previewFor, previewSample } from '../use-cases/preview-template.ts';
import { catalogIn, configOf, folderIn } from './arguments.ts';
import { CommandFault, type ExitCode, FINE, type Io, stylesOf, writeJson } from './io.ts';
import { askService } from './remote.ts';
import type { Run } from './run.ts';
import { withDatabase } from './with-database.ts';

type Options = {
  readonly account?: string;
  readonly person?: string;
  readonly catalog?: string;
  readonly templates?: string;
  readonly json?: boolean;
};

export function addPreview(program: Command, run: Run): void {
  program
    .command('preview <template>')
    .description('a message as it is on disk, written to a person of an account, or to somebody made up')
    .option('--account <id>', 'with what the service knows of this account now')
    .option('--person <id>', 'to this person; default whom its trigger would ask')
    .option('--catalog <folder>', 'the definitions; default TRIGGERS_DIR')
    .option('--templates <folder>', 'the messages; default TEMPLATES_DIR')
    .option('--json', 'one JSON document on standard output, with the HTML part')
    .action((template: string, options: Options) => run((io) => preview(io, template, options)));
}

async function preview(
  io: Io,
  template: string,
  { account, person, catalog, templates, json }: Options,
): Promise<ExitCode> {
  const config = configOf(io);
  if (account === undefined && person !== undefined)
    throw new CommandFault('--person: a person is written to as one of an account; name it with --account');
  const places = {
    triggersDir: catalogIn(config, catalog),
    templatesDir: folderIn('--templates', templates ?? config.TEMPLATES_DIR),
  };
  const draft = await draftOnDisk(places, template);
  const shown =
    account === undefined
      ? presentPreview(previewSample(draft, config))
      : await forAccount(io, config, draft, account, person);
  if (json) writeJson(io, shown);
  else io.out(page(shown, stylesOf(io)));
  return FINE;
}

function forAccount(
  io: Io,
  config: Config,
  draft: Draft,
  accountId: string,
  personId: string | undefined,
): Promise<unknown> {
  const { name, files } = draft.folder;
  return withDatabase<unknown>(
    io,
    config,
    async ({ deps }) => presentPreview(await previewFor(deps, draft, { accountId, personId })),
    () =>
      askService(io, config, 'POST', `/v1/templates/${encodeURIComponent(name)}/preview`, {
        account_id: accountId,
        person_id: personId,
        files,
      }),
  );
}

function page(shown: unknown, { bold, faint }: ReturnType<typeof stylesOf>): string {
  const parts = new Map<string, unknown>(Object.entries(typeof shown === 'object' && shown ? shown : {}));
  const text = (name: string) => String(parts.get(name) ?? '');
  const whom =
    parts.get('account') === null
      ? 'to somebody made up; --account ID takes a real one'
      : `to ${parts.get('person') === null ? 'nobody in particular' : text('person')} of ${text('account')}`;
  if (parts.has('title')) {
    const { label, url } = Object(parts.get('action'));
    return `${faint(whom)}\n\n${bold(text('title'))}\n${text('body')}\n\n[ ${label} ]  ${faint(String(url))}\n`;
  }
  return `${faint(whom)}\n\n${bold(text('subject'))}\n\n${text('text').trimEnd()}\n`;
}
