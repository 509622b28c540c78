import { test } from 'vitest';
import { serverPrograms, startOwnServer } from '../own-server.ts';
import { killTest } from './kill-test.ts';
import { postgresPlace } from './place.ts';

const programs = serverPrograms();

if (programs !== undefined) {
  killTest('the server of postgres', 3, 'leased', async () => {
    const server = await startOwnServer(programs);
    return { ...(await postgresPlace(server.url)), server, remove: server.remove };
  });
} else {
  test.skip('kills of the PostgreSQL server: skipped, because its programs are not on this machine');
}
