// Generates the Prisma client and compiles src to dist, skipping what is already newer than its source.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browserScript } from './browser-script.mjs';

const newest = (path) => {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
};
// Silent when all is well; what a compiler complains of may be on either of its outputs.
const run = (command, ...args) => {
  try {
    execFileSync(join('node_modules', '.bin', command), args, { stdio: 'pipe' });
  } catch (error) {
    const install = process.env.NODE_ENV === 'production' ? 'npm ci --include=dev' : 'npm ci';
    const missing = error.code === 'ENOENT' ? `${command} is not installed: run ${install} first.\n` : '';
    rmSync('dist', { recursive: true, force: true }); // half a build would look like a new one
    process.stderr.write(`${missing || `${error.stdout}${error.stderr}`}The build failed.\n`);
    process.exit(1);
  }
};

if (newest('src/generated') < newest('prisma/schema.prisma')) run('prisma', 'generate');
const sources = [
  'src',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.browser.json',
  'package-lock.json',
  'scripts',
];
if (newest('dist') < Math.max(...sources.map(newest))) {
  rmSync('dist', { recursive: true, force: true });
  run('tsc', '-p', 'tsconfig.build.json');
  run('tsc', '-p', 'tsconfig.browser.json');
  // What is no TypeScript goes along as it is: the database worker, style sheets, page scripts.
  cpSync('src', 'dist', { recursive: true, filter: (path) => !path.endsWith('.ts') });
  // The same modules once more, without comments, as the one script that pages load.
  run(
    'tsc',
    '-p',
    'tsconfig.browser.json',
    '--removeComments',
    '--declaration',
    'false',
    '--outDir',
    'dist/sdk',
  );
  const script = browserScript('dist/sdk');
  rmSync('dist/sdk', { recursive: true });
  mkdirSync('dist/sdk');
  writeFileSync('dist/sdk/goodturn.js', script);
}
