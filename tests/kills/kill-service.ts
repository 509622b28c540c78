import { check, complain, type Run, surprise } from './inspect.ts';
import type { Moment } from './plan.ts';
import { countUnacked } from './report.ts';

/**
 * Kills the service at each moment of the plan, which is waited for once `aged` lets it. Returns how many events were
 * found stored whose client had not been told.
 */
export async function killService(
  run: Run,
  plan: readonly Moment[],
  aged: () => Promise<void> = async () => undefined,
): Promise<number> {
  let unacked = 0;
  let looking = Promise.resolve();
  for (const moment of plan) {
    const service = run.start();
    void service.ready.then(
      (afterMs) => afterMs !== undefined && run.history.add({ kind: 'ready', afterMs }),
    );
    await aged();
    run.history.add({ kind: 'kill', moment: await run.killer.stalk(service, moment) });
    if ((await service.gone).code !== null) surprise(run, `the service ended by itself: ${service.output()}`);
    complain(run, service);
    // What was acknowledged by now, and not while we look.
    const entries = [...run.history.entries];
    await looking;
    const { tables } = await run.place.look();
    looking = tables.then((found) => {
      if (found === undefined) return;
      for (const fault of check(run, entries, found)) surprise(run, fault);
      unacked += countUnacked(entries, found);
    });
  }
  await looking;
  return unacked;
}
