import { setTimeout as sleep } from 'node:timers/promises';
import { describeMoment, type Moment } from './plan.ts';
import type { SmtpStep } from './slow-smtp.ts';

/** What is to die. */
export type Victim = {
  /** Milliseconds its start took. */
  readonly ready: Promise<number | undefined>;
  readonly kill: () => void;
};

/** Kills a victim at its planned moment; one that does not come in good time is replaced by "now". */
export type Killer = {
  readonly onRequest: (path: string) => void;
  readonly onStep: (step: SmtpStep) => void;
  /** Lets the victim live until its moment; resolves with what the moment was, once it was told to die. */
  readonly stalk: (victim: Victim, moment: Moment) => Promise<string>;
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
    stalk: async (victim, moment) => {
      const startMs = moment.kind === 'start' ? 0 : await victim.ready;
      return new Promise<string>((resolve) => {
        const strike = (after: number, what: string) => {
          watching = undefined;
          // With nothing in between, the kill lands inside the very step that called for it.
          const kill = () => {
            victim.kill();
            resolve(what);
          };
          if (after === 0) kill();
          else void sleep(after).then(kill);
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
    },
  };
}
