import { readCatalog } from './src/catalog/read-catalog.ts';
import { formatFaults } from './src/catalog/fault.ts';
import { runExamples } from './src/catalog/examples.ts';
const r = await readCatalog({triggersDir:'triggers',templatesDir:'templates'});
console.log(formatFaults(r.faults)); console.log('NOTES'); console.log(formatFaults(r.notes));
for (const x of runExamples(r.catalog!.catalog, r.examples)) console.log(x.passed?'ok  ':'FAIL', x.trigger,'|',x.example,'|',x.expected,'|',x.happened,'|',x.readiness, x.passed?'':x.holding.map(h=>h.gate+': '+h.because));
