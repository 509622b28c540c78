import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { databases, server } from '../databases.ts';
import type { Random } from '../kills/random.ts';
import type { ReplicaGroup } from './group.ts';
import { type ReplicaRun, runReplicas } from './run.ts';

// `npm run soak` plays the long version; a run is played again with its REPLICA_SEED.
const long = process.env['SOAK'] === '1';
const seed = Number(process.env['REPLICA_SEED'] ?? randomInt(2 ** 31));
const traffic: Omit<ReplicaRun, 'replicas'> = long
  ? { seed, now: Date.now(), cold: 1000, hot: 4000 }
  : { seed, now: Date.now(), cold: 18, hot: 150 };

const hasPostgres = databases.some(({ kind, available }) => kind === 'postgres' && available);
const played = `REPLICA_SEED=${seed}`;

describe.skipIf(!hasPostgres)('replicas on one PostgreSQL', { timeout: long ? 3_600_000 : 300_000 }, () => {
  test('do together what one does alone, also while they are restarted one after the other', async () => {
    const alone = await runReplicas({ ...traffic, replicas: 1 }, server);
    expect(alone.faults.slice(0, 20), played).toEqual([]);
    expect(alone.outcome.asks.length).toBe(traffic.cold);
    const groups = long
      ? [{ replicas: 2 }, { replicas: 4 }, { replicas: 8 }, { replicas: 4, disturb: restartOne }]
      : [{ replicas: 2, disturb: restartOne }, { replicas: 4 }];
    for (const group of groups) {
      const together = await runReplicas({ ...traffic, ...group }, server);
      expect(together.faults.slice(0, 20), played).toEqual([]);
      expect(together.outcome).toEqual(alone.outcome);
    }
  });

  test.skipIf(!long)('may be killed, frozen and cut off from the database', async () => {
    const { faults, outcome, disturbances } = await runReplicas(
      { ...traffic, cold: 1000, hot: 8000, replicas: 4, disturb: harm },
      server,
    );
    process.stdout.write(`replicas: ${disturbances} kills, freezes and cuts, ${played}\n`);
    expect(faults.slice(0, 20), played).toEqual([]);
    expect(outcome.asks.length).toBe(1000);
  });
});

async function restartOne(group: ReplicaGroup, random: Random): Promise<void> {
  const replica = random.pick(group.replicas);
  replica.service.stop();
  const { code } = await replica.service.gone;
  if (code !== 0)
    throw new Error(`A replica that was to stop ended with ${code}: ${replica.service.output()}`);
  await group.start(replica);
}

async function harm(group: ReplicaGroup, random: Random): Promise<void> {
  const replica = random.pick(group.replicas);
  await sleep(random.below(400));
  switch (random.below(3)) {
    case 0:
      replica.service.kill();
      await replica.service.gone;
      await group.start(replica);
      return;
    case 1:
      replica.service.freeze();
      await sleep(random.below(3_000));
      replica.service.thaw();
      return;
    default:
      await group.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and random() < 0.5`,
      );
  }
}
