// Generates the Prisma client and makes dist of src: the bundled service and commands, the script for pages, and the
// database that a first start copies. Skips what is already newer than its source.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const TEMPLATE = 'dist/template.gz';
/** Written last: a build that was cut off is made again. */
const WHOLE = 'dist/whole';

if (newest('src/generated') < newest('prisma/schema.prisma')) await run('prisma', 'generate');
const sources = [
  'src',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.browser.json',
  'package-lock.json',
  'scripts',
];
const templateSources = [
  'prisma/migrations',
  'src/db/template.ts',
  'src/db/prepare-template.ts',
  'src/db/pglite-worker.js',
  'package-lock.json',
];
const making = [];
if (newest(TEMPLATE) < Math.max(...templateSources.map(newest))) {
  rmSync(TEMPLATE, { force: true });
  making.push(run('tsx', 'scripts/prepare-template.ts'));
}
if (newest(WHOLE) < Math.max(...sources.map(newest))) {
  for (const name of existsSync('dist') ? readdirSync('dist') : [])
    if (join('dist', name) !== TEMPLATE) rmSync(join('dist', name), { recursive: true });
  making.push(makeProgram());
}
await Promise.all(making);

async function makeProgram() {
  await Promise.all([run('tsc', '-p', 'tsconfig.build.json', '--noEmit'), makeBundle(), makeScript()]);
  writeFileSync(WHOLE, '');
}

async function makeBundle() {
  // Loaded only here: it takes longer than to see that there is nothing to do.
  const { bundle } = await import('./bundle.mjs').catch(fail('rolldown'));
  await bundle('dist').catch(fail());
  // What modules find beside themselves.
  cpSync('src/db/pglite-worker.js', 'dist/db/pglite-worker.js');
  cpSync('src/console/assets', 'dist/console/assets', { recursive: true });
}

async function makeScript() {
  await run('tsc', '-p', 'tsconfig.browser.json');
  // The same modules once more, without comments, as the one script that pages load.
  await run(
    'tsc',
    '-p',
    'tsconfig.browser.json',
    '--removeComments',
    '--declaration',
    'false',
    '--outDir',
    'dist/unjoined',
  );
  const { browserScript } = await import('./browser-script.mjs');
  const script = browserScript('dist/unjoined');
  rmSync('dist/unjoined', { recursive: true });
  mkdirSync('dist/sdk');
  writeFileSync('dist/sdk/goodturn.js', script);
}

/** Silent when all is well; what a compiler complains of may be on either of its outputs. */
function run(command, ...args) {
  return promisify(execFile)(join('node_modules', '.bin', command), args).catch(fail(command));
}

/** Ends the build, and says why. */
function fail(command) {
  return (error) => {
    const install = process.env.NODE_ENV === 'production' ? 'npm ci --include=dev' : 'npm ci';
    const isMissing = error.code === 'ENOENT' || error.code === 'ERR_MODULE_NOT_FOUND';
    const why = isMissing
      ? `${command} is not installed: run ${install} first.\n`
      : 'stdout' in error
        ? `${error.stdout}${error.stderr}`
        : `${error.message}\n`;
    process.stderr.write(`${why}The build failed.\n`);
    process.exit(1);
  };
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
