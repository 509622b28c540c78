import { test } from 'vitest';
import { databases, server } from '../databases.ts';
import { killTest } from './kill-test.ts';
import { postgresPlace } from './place.ts';

if (databases.some(({ kind, available }) => kind === 'postgres' && available)) {
  killTest('the service on postgres', 5, 'leased', () => postgresPlace(server));
} else {
  test.skip(`kills on postgres: skipped, because ${server.replace(/:[^:@/]*@/, '@')} does not answer`);
}
