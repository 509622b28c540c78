import { doubtsAbout, readConfig } from './config.ts';
import { openStore } from './db/store.ts';
import { createLog } from './log.ts';
import type { MadeKeys, Service } from './service.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.LOG_LEVEL);
  // The database opens, in its thread or on its server, while everything else is read.
  const opening = openStore(config, log);
  opening.catch(() => {}); // the service hears of it
  const { startService } = await import('./service.ts');
  const service = await startService(config, log, { opening, announce });
  // Before anybody hears that it runs, and may ask it to stop.
  stopOnSignal(service);
  for (const note of service.catalog.notes) say(note);
  greet(service);
  for (const doubt of doubtsAbout(process.env, config)) say(`\n${doubt}`);
}

function announce(made: MadeKeys): void {
  say('\nThese keys were made just now. They are shown this once; keep them:');
  for (const { name, value } of made) say(`  ${name}=${value}`);
}

function greet({ deps: { config, db }, url }: Service): void {
  say(`\nGoodturn listens on ${url}${config.BASE_URL === url ? '' : `, reached at ${config.BASE_URL}`}`);
  say(`  database  ${db.kind === 'pglite' ? `embedded, in ${config.DATA_DIR}` : 'PostgreSQL'}`);
  say(
    `  mode      ${config.MODE}${config.MODE === 'rehearsal' ? `: every email goes to ${config.REHEARSAL_TO}, nudges to ${config.TEAM_DOMAINS.join(', ')}` : ''}`,
  );
  say(
    `  mail      ${config.SMTP_URL === undefined ? `kept, not sent: read it at ${config.BASE_URL}/mail` : 'sent by SMTP'}`,
  );
  const { hostname } = new URL(config.BASE_URL);
  if (config.MODE === 'live' && hostname === 'localhost')
    say(
      `\nCustomers are written to, and their links lead to ${config.BASE_URL}: set BASE_URL to where people reach Goodturn.`,
    );
}

function stopOnSignal(service: Service): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second signal means it: what was acknowledged is safe on disk anyway.
      if (stopping) process.exit(1);
      stopping = true;
      service.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          service.deps.log.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(
    `Goodturn could not start.\n${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(2);
});
