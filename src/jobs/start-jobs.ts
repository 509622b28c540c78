import cron, { type Logger } from 'node-cron';
import type { Deps } from '../deps.ts';
import { type Duration, MINUTE, SECOND } from '../engine/time.ts';
import { outageIn } from '../use-cases/outage.ts';
import { takeJobSlot } from '../use-cases/take-job-slot.ts';
import type { Job } from './job-table.ts';

export type Jobs = {
  /** Runs the first job, the tick, as soon as it may: something became due just now. */
  readonly wake: () => void;
  /** Runs every job once, in order, and waits for it: for tests, and for whoever cannot wait. */
  readonly runAll: () => Promise<void>;
  /** Stops the schedules and waits for what is under way. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts the jobs. A job never overlaps itself here, and over all replicas one runs it in each slot of its interval.
 * A schedule only says "look": what is due is in the database.
 */
export function startJobs(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  jobs: readonly Job[],
  scheduled = true,
): Jobs {
  const runners = jobs.map((job) => ({ job, run: createRunner(deps, job) }));
  let stopped = false;
  const turns = new Set<Promise<void>>();
  const takeTurn = async (job: Job, run: Runner) => {
    const turn = runInSlot(deps, job, async () => {
      // Whoever was taking the slot when all was stopped leaves it: the next one comes soon.
      if (!stopped) await run();
    });
    turns.add(turn);
    await turn;
    turns.delete(turn);
  };
  const tasks = (scheduled ? runners : []).map(({ job, run }) =>
    cron.schedule(cronOf(job.every), () => takeTurn(job, run), {
      name: job.name,
      noOverlap: true,
      logger: loggerFor(deps, job),
    }),
  );
  return {
    wake: () => void (scheduled && !stopped && runners[0]?.run()),
    runAll: async () => {
      for (const { run } of runners) await run();
    },
    stop: async () => {
      // A request under way may still say that something is due; the next start finds it.
      stopped = true;
      for (const task of tasks) await task.destroy();
      await Promise.all(turns);
      for (const { run } of runners) await run.settled();
    },
  };
}

/** What node-cron has to say, in our log: of its own it writes words of many colours between the lines of JSON. */
function loggerFor({ log }: Pick<Deps, 'log'>, { name: job }: Job): Logger {
  return {
    info: (message) => log.info({ job }, message),
    warn: (message) => log.warn({ job }, message),
    error: (error, cause) => log.error({ job, err: cause ?? error }, 'the schedule of a job failed'),
    debug: () => undefined,
  };
}

/** Never rejects. */
async function runInSlot(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  job: Job,
  run: () => Promise<void>,
): Promise<void> {
  try {
    if (job.replicas === 'all' || (await takeJobSlot(deps, job.name, job.every))) await run();
  } catch (error) {
    deps.log.error({ err: error, job: job.name }, 'a job could not be started');
  }
}

type Runner = (() => Promise<void>) & { readonly settled: () => Promise<void> };

/** One run at a time; whoever asks during a run gets one more after it, however many ask. */
function createRunner(deps: Pick<Deps, 'log'>, job: Job): Runner {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const once = async () => {
    try {
      await job.run();
    } catch (error) {
      // A database out of reach is no fault of the job.
      const level = outageIn(error) ? 'warn' : 'error';
      deps.log[level]({ err: error, job: job.name }, 'a job failed; it runs again at its next turn');
    }
  };
  const start = (): Promise<void> => {
    current = once().finally(() => {
      current = undefined;
    });
    return current;
  };
  const run = () => {
    if (current === undefined) return start();
    next ??= current.then(() => {
      next = undefined;
      return start();
    });
    return next;
  };
  return Object.assign(run, { settled: async () => void (await (next ?? current)) });
}

/** A cron expression for an interval: seconds that divide a minute, or minutes that divide an hour, fire evenly. */
export function cronOf(every: Duration): string {
  if (every < MINUTE) return `*/${Math.max(1, Math.round(every / SECOND))} * * * * *`;
  return `0 */${Math.min(59, Math.round(every / MINUTE))} * * * *`;
}
