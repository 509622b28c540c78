import type { Random } from './random.ts';
import type { Mishap } from './slow-smtp.ts';

/** One mail in six meets a server that puts it off, refuses it for good, or hangs up. */
export function anyMishap(random: Random): Mishap | undefined {
  const dice = random.next();
  if (dice < 0.06) return { at: random.pick(['connect', 'rcpt', 'dot']), way: 'defer' };
  if (dice < 0.08) return refusal(random);
  if (dice < 0.16) return { at: random.pick(['connect', 'rcpt', 'data', 'body', 'dot']), way: 'drop' };
  return undefined;
}

/** Only what settles a mail, in one way or another: a run of minutes does not wait for its next try. */
export function lastingMishap(random: Random): Mishap | undefined {
  const dice = random.next();
  if (dice < 0.05) return refusal(random);
  if (dice < 0.1) return { at: random.pick(['body', 'dot']), way: 'drop' };
  return undefined;
}

const refusal = (random: Random): Mishap => ({ at: random.pick(['rcpt', 'dot']), way: 'refuse' });
