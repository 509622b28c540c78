import { killTest } from './kill-test.ts';
import { pglitePlace } from './place.ts';

killTest('pglite', 'settled', pglitePlace);
