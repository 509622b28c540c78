import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Db } from '../../src/db/client.ts';
import { HOUR, MINUTE, SECOND } from '../../src/engine/time.ts';
import type { Job } from '../../src/jobs/job-table.ts';
import { cronOf, startJobs } from '../../src/jobs/start-jobs.ts';
import { takeJobSlot } from '../../src/use-cases/take-job-slot.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A job that takes as long as the test wants. */
function aJob(overrides: Partial<Job> = {}) {
  const ends: (() => void)[] = [];
  let under = 0;
  const seen = { runs: 0, most: 0 };
  const run = async () => {
    seen.runs += 1;
    under += 1;
    seen.most = Math.max(seen.most, under);
    await new Promise<void>((resolve) => ends.push(resolve));
    under -= 1;
  };
  const job: Job = { name: 'tick', every: SECOND, replicas: 'one', run, ...overrides };
  return { job, seen, end: () => ends.shift()?.() };
}

forEachDatabase('jobs', (open) => {
  let db: Db;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());
  const depsAt = (clock: () => number, log = pino({ level: 'silent' })) => ({ db, clock, log });

  describe('a slot', () => {
    test('is taken by one replica, and the next by one again', async () => {
      let now = START;
      const deps = depsAt(() => now);
      const rivals = () =>
        Promise.all(Array.from({ length: 5 }, () => takeJobSlot(deps, 'slots', 10 * SECOND)));
      expect((await rivals()).filter(Boolean)).toHaveLength(1);
      now += 9 * SECOND;
      expect((await rivals()).filter(Boolean)).toHaveLength(0);
      now += SECOND;
      expect((await rivals()).filter(Boolean)).toHaveLength(1);
    });

    test('of one job is not that of another', async () => {
      const deps = depsAt(() => START);
      expect(await takeJobSlot(deps, 'this', MINUTE)).toBe(true);
      expect(await takeJobSlot(deps, 'that', MINUTE)).toBe(true);
    });

    test('is forgotten after a day or so', async () => {
      await takeJobSlot(
        depsAt(() => START),
        'old',
        MINUTE,
      );
      await takeJobSlot(
        depsAt(() => START + 25 * HOUR),
        'old',
        MINUTE,
      );
      const { rows } = await db.pool.query(`select slot from job_slot where job = 'old'`);
      expect(rows).toEqual([{ slot: new Date(START + 25 * HOUR) }]);
    });
  });

  describe('a job', () => {
    test('never overlaps itself, and whoever asks meanwhile gets one more run after it', async () => {
      const { job, seen, end } = aJob();
      const jobs = startJobs(
        depsAt(() => START),
        [job],
        false,
      );
      const first = jobs.runAll();
      const others = [jobs.runAll(), jobs.runAll(), jobs.runAll()];
      await turn();
      expect(seen.runs).toBe(1);
      end();
      await first;
      await turn();
      expect(seen).toEqual({ runs: 2, most: 1 });
      end();
      await Promise.all(others);
      await jobs.stop();
      expect(seen.runs).toBe(2);
    });

    test('that fails says so in the log and runs again at its next turn', async () => {
      const lines: string[] = [];
      let runs = 0;
      const run = async () => {
        runs += 1;
        if (runs === 1) throw new Error('the disk is full');
      };
      const log = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
      const jobs = startJobs(
        depsAt(() => START, log),
        [aJob({ run }).job],
        false,
      );
      await jobs.runAll();
      await jobs.runAll();
      await jobs.stop();
      expect(runs).toBe(2);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain('the disk is full');
    });

    test('runs by its schedule, once over all replicas', async () => {
      const { job, seen, end } = aJob({ name: 'scheduled' });
      const replicas = [1, 2, 3].map(() =>
        startJobs(
          depsAt(() => START),
          [job],
        ),
      );
      await vi.waitFor(() => expect(seen.runs).toBe(1), { timeout: 5000, interval: 20 });
      end();
      await new Promise((resolve) => setTimeout(resolve, 1200));
      for (const jobs of replicas) await jobs.stop();
      // By the fixed clock all its turns are in one slot.
      expect(seen.runs).toBe(1);
    });

    test('whose slot is being taken when all is stopped is waited for, and not run any more', async () => {
      const { job, seen } = aJob({ name: 'late' });
      let asked = false;
      let letGo = () => {};
      const held = new Promise<void>((resolve) => (letGo = resolve));
      const query = async (...given: Parameters<typeof db.pool.query>) => {
        asked = true;
        await held;
        return db.pool.query(...given);
      };
      const slow = { ...db, pool: Object.create(db.pool, { query: { value: query } }) };
      const jobs = startJobs({ ...depsAt(() => START), db: slow }, [job]);
      await vi.waitFor(() => expect(asked).toBe(true), { timeout: 5000, interval: 20 });
      let stopped = false;
      const stopping = jobs.stop().then(() => {
        stopped = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(stopped).toBe(false);
      letGo();
      await stopping;
      expect(seen.runs).toBe(0);
    });

    test('is waited for when all is stopped, and not started any more after that', async () => {
      const { job, seen, end } = aJob({ name: 'stopping', every: HOUR });
      const jobs = startJobs(
        depsAt(() => START),
        [job],
      );
      jobs.wake();
      await turn();
      let stopped = false;
      const stopping = jobs.stop().then(() => {
        stopped = true;
      });
      await turn();
      expect([seen.runs, stopped]).toEqual([1, false]);
      end();
      await stopping;
      jobs.wake();
      await turn();
      expect(seen.runs).toBe(1);
    });
  });
});

test.each([
  [10 * SECOND, '*/10 * * * * *'],
  [SECOND, '*/1 * * * * *'],
  [MINUTE, '0 */1 * * * *'],
  [5 * MINUTE, '0 */5 * * * *'],
])('an interval of %i ms is the schedule %s', (every, expected) => {
  expect(cronOf(every)).toBe(expected);
});

test('a schedule that finds its job still at work says so in the log, and nowhere else', async () => {
  const spoken = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')];
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(line) });
  const { job, seen, end } = aJob({ name: 'slow', replicas: 'all' });
  // A job of all replicas asks no database.
  const jobs = startJobs({ db: undefined as unknown as Db, clock: () => START, log }, [job]);
  await vi.waitFor(() => expect(lines).not.toEqual([]), { timeout: 10 * SECOND, interval: 50 });
  end();
  await jobs.stop();
  expect(seen.runs).toBe(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, job: 'slow' });
  for (const spy of spoken) expect(spy).not.toHaveBeenCalled();
  vi.restoreAllMocks();
}, 20_000);
