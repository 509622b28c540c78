import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { catalogWith } from './tests/catalog/faulty-catalog.ts';
import { parseCatalog } from './src/catalog/read-catalog.ts';
import { formatFaults } from './src/catalog/fault.ts';
const out: string[] = [];
for (const kind of readdirSync('tests/catalog/faulty')) if(!kind.includes('.')) for (const f of readdirSync('tests/catalog/faulty/'+kind)) {
  const text = readFileSync(`tests/catalog/faulty/${kind}/${f}`,'utf8');
  const { faults } = parseCatalog(catalogWith(kind, text));
  out.push(`${kind}/${f}`, ...formatFaults(faults).split('\n').map(l=>'  '+l), '');
}
writeFileSync('tests/catalog/faulty/expected.txt', out.join('\n'));
