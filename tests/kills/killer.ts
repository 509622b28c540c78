import { setTimeout as sleep } from 'node:timers/promises';
import { describeMoment, type Moment } from './plan.ts';
import type { ServiceProcess } from './service-process.ts';
import type { SmtpStep } from './slow-smtp.ts';

/** Kills a service at its planned moment; one that does not come in good time is replaced by "now". */
export type Killer = {
  readonly onRequest: (path: string) => void;
  readonly onStep: (step: SmtpStep) => void;
  /** Lets the service live until its moment; resolves with what the moment was, once the process is gone. */
  readonly stalk: (service: ServiceProcess, moment: Moment) => Promise<string>;
};

// Milliseconds to wait for a moment, by how long the start took: a busy machine is given more.
const patience = (startMs = 0) => Math.min(15_000, Math.max(3_000, 3 * startMs));

export function createKiller(): Killer {
  let watching:
    | { readonly moment: Moment; left: number; readonly strike: (after: number) => void }
    | undefined;

  const meet = (matches: (moment: Moment) => boolean) => {
    if (watching === undefined || !matches(watching.moment)) return;
    watching.left -= 1;
    if (watching.left < 0) watching.strike(watching.moment.afterMs);
  };

  return {
    onRequest: (path) => meet((moment) => moment.kind === 'request' && moment.path.test(path)),
    onStep: (step) => meet((moment) => moment.kind === 'mail' && moment.step === step),
    stalk: async (service, moment) => {
      const startMs = moment.kind === 'start' ? 0 : await service.ready;
      const said = await new Promise<string>((resolve) => {
        const strike = (after: number, what: string) => {
          watching = undefined;
          // With nothing in between, the kill lands inside the very step that called for it.
          if (after === 0) service.kill();
          else void sleep(after).then(service.kill);
          resolve(what);
        };
        if (moment.kind === 'start' || moment.kind === 'running')
          return strike(moment.afterMs, describeMoment(moment));
        const left = 'skip' in moment ? moment.skip : 0;
        const giveUp = setTimeout(() => strike(0, 'running'), patience(startMs));
        watching = {
          moment,
          left,
          strike: (after) => {
            clearTimeout(giveUp);
            strike(after, describeMoment(moment));
          },
        };
      });
      await service.gone;
      return said;
    },
  };
}
