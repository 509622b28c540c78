// Puts the modules of the service and of the commands, and the packages they use, into a few files: to find, read and
// link a thousand small ones was two thirds of a start.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';

/** Bundles `src/main.ts` and `src/cli.ts` into `folder`. What they import lazily stays in files of its own. */
export async function bundle(folder) {
  const modules = await rolldown({
    input: { main: 'src/main.ts', cli: 'src/cli.ts' },
    platform: 'node',
    // Megabytes of WebAssembly as text, which Prisma reads when it is first asked something.
    external: /^@prisma\/client\/runtime\/query_compiler/,
    plugins: [ownAddress, licences],
    onLog: (level, { message }, log) => {
      if (level === 'warn') throw new Error(message);
      log(level, { message });
    },
  });
  // All in one folder: `ownAddress` counts on it.
  await modules.write({
    dir: folder,
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await modules.close();
}

/** What a module of ours looks for beside itself is found as if the module were still in a file of its own. */
const ownAddress = {
  name: 'own-address',
  transform: {
    filter: { id: /\.ts$/, code: 'import.meta.url' },
    handler(code, id) {
      const own = relative('src', id).replaceAll(sep, '/').replace(/\.ts$/, '.js');
      const address = `new URL('./${own}', import.meta.url).href`;
      return { code: code.replaceAll('import.meta.url', address), map: null }; // no line moves
    },
  },
};

/** The licences of the packages go along with their code. */
const licences = {
  name: 'licences',
  generateBundle(_options, files) {
    const folders = new Set();
    for (const { moduleIds = [] } of Object.values(files))
      for (const id of moduleIds) {
        const [folder] = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [];
        if (folder !== undefined && !id.startsWith('\0')) folders.add(folder);
      }
    const source = [...folders]
      .sort()
      .map(licenceOf)
      .join(`\n${'-'.repeat(72)}\n\n`);
    this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
  },
};

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => /^licen[cs]e/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  return `${name} ${version} (${license})\n\n${texts.join('\n')}`;
}
