import type { Random } from './random.ts';
import type { SmtpStep } from './slow-smtp.ts';

/** When the service is to die: in words for the report, and as the moment itself. */
export type Moment =
  | { readonly kind: 'start'; readonly afterMs: number }
  | { readonly kind: 'running'; readonly afterMs: number }
  | { readonly kind: 'request'; readonly path: RegExp; readonly skip: number; readonly afterMs: number }
  | { readonly kind: 'mail'; readonly step: SmtpStep; readonly skip: number; readonly afterMs: number };

const PATHS = [
  /^\/v1\/batch/,
  /^\/v1\/(track|identify|group|page)/,
  /^\/v1\/nps/,
  /^\/v1\/nudges\/.*\/(shown|accepted|declined|closed|snoozed)/,
  /^\/v1\/(referrals$|referrals\/.*\/stage)/,
  /^\/d\//,
] as const;

const STEPS = ['connect', 'mail', 'rcpt', 'data', 'body', 'dot', 'dot', 'taken', 'taken'] as const;

/** Moments over all of a life: while it starts, while it runs, during a request of each kind, and at each step of a mail. */
export function planKills(random: Random, count: number): Moment[] {
  // The very first start makes the database, and dies of it.
  const first: Moment = { kind: 'start', afterMs: 100 + random.below(900) };
  return [first, ...Array.from({ length: count - 1 }, () => anyMoment(random))];
}

function anyMoment(random: Random): Moment {
  const dice = random.next();
  if (dice < 0.12) return { kind: 'start', afterMs: random.below(1500) };
  if (dice < 0.3) return { kind: 'running', afterMs: random.below(2500) };
  if (dice < 0.65)
    return { kind: 'request', path: random.pick(PATHS), skip: random.below(3), afterMs: random.below(30) };
  return {
    kind: 'mail',
    step: random.pick(STEPS),
    skip: random.below(3),
    afterMs: random.chance(0.5) ? 0 : random.below(20),
  };
}

export function describeMoment(moment: Moment): string {
  switch (moment.kind) {
    case 'start':
    case 'running':
      return moment.kind;
    case 'request':
      return `request ${moment.path.source}`;
    case 'mail':
      return `mail ${moment.step}`;
    default:
      return moment satisfies never;
  }
}
