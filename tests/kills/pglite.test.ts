import { killTest } from './kill-test.ts';
import { pglitePlace } from './place.ts';

killTest('the service on pglite', 5, 'settled', pglitePlace);
