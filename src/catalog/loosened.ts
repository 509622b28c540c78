import { clockInWords } from '../engine/because.ts';
import type { Guardrails, QuietHours, Rate } from '../engine/catalog.ts';
import { type Duration, formatDuration } from '../engine/time.ts';
import { DEFAULT_GUARDRAILS } from './default-guardrails.ts';
import { note, type Place, placeIn } from './place.ts';

type Looser = { readonly path: string; readonly now: string; readonly usual: string };

/** Notes every guardrail of a file that allows more than the default does. */
export function noteLoosened(guardrails: Guardrails, root: Place): void {
  for (const { path, now, usual } of [
    ...looserRates(guardrails),
    ...looserSpans(guardrails),
    ...looserLists(guardrails),
  ]) {
    note(placeIn(root, path), `looser than the default: ${now}, where the default is ${usual}`);
  }
}

function looserRates(ours: Guardrails): Looser[] {
  const base = DEFAULT_GUARDRAILS;
  const pairs: readonly [string, Rate, Rate][] = [
    ['per_person.asks', ours.perPerson.asks, base.perPerson.asks],
    ['per_person.nudges', ours.perPerson.nudges, base.perPerson.nudges],
    ['per_account.asks', ours.perAccount.asks, base.perAccount.asks],
    ['per_account.people', ours.perAccount.people, base.perAccount.people],
    ['per_owner.drafts', ours.perOwner.drafts, base.perOwner.drafts],
    ['workspace.emails', ours.workspace.emails, base.workspace.emails],
    ['pause_above.asks', ours.pauseAbove.asks, base.pauseAbove.asks],
  ];
  // As many or fewer, over as long or longer, never allows more; every other pair can, at least in a burst.
  return pairs
    .filter(([, now, usual]) => now.count > usual.count || (now.within < usual.within && now.count > 0))
    .map(([path, now, usual]) => ({ path, now: rateInWords(now), usual: rateInWords(usual) }));
}

function looserSpans(ours: Guardrails): Looser[] {
  const base = DEFAULT_GUARDRAILS;
  const spans: readonly [string, Duration, Duration][] = [
    ['per_person.after_decline', ours.perPerson.afterDecline, base.perPerson.afterDecline],
    ['per_person.detractor_for', ours.perPerson.detractorFor, base.perPerson.detractorFor],
    ['per_account.minimum_tenure', ours.perAccount.minimumTenure, base.perAccount.minimumTenure],
  ];
  const counts: readonly [string, number, number][] = [
    ['per_person.asks_per_year', ours.perPerson.asksPerYear, base.perPerson.asksPerYear],
    ['per_owner.open', ours.perOwner.open, base.perOwner.open],
  ];
  return [
    ...spans
      .filter(([, now, usual]) => now < usual)
      .map(([path, now, usual]) => ({ path, now: formatDuration(now), usual: formatDuration(usual) })),
    ...counts
      .filter(([, now, usual]) => now > usual)
      .map(([path, now, usual]) => ({ path, now: String(now), usual: String(usual) })),
  ];
}

function looserLists(ours: Guardrails): Looser[] {
  const base = DEFAULT_GUARDRAILS;
  const found: Looser[] = [];
  const unblocked = base.blockWhen.filter((name) => !ours.blockWhen.includes(name));
  if (unblocked.length > 0)
    found.push({ path: 'block_when', now: `no ${unblocked.join(', ')}`, usual: base.blockWhen.join(', ') });
  const plans = base.never.plans.filter((name) => !ours.never.plans.includes(name));
  if (plans.length > 0)
    found.push({ path: 'never.plans', now: `no ${plans.join(', ')}`, usual: base.never.plans.join(', ') });
  const quiet = quietMinutes(ours.quietHours);
  if ([...quietMinutes(base.quietHours)].some((minute) => !quiet.has(minute)))
    found.push({
      path: 'quiet_hours',
      now: hoursInWords(ours.quietHours),
      usual: hoursInWords(base.quietHours),
    });
  if (ours.quietHours.weekends === 'normal')
    found.push({ path: 'quiet_hours.weekends', now: 'normal', usual: 'quiet' });
  return found;
}

function quietMinutes({ from, to }: QuietHours): ReadonlySet<number> {
  const length = (to - from + 24 * 60) % (24 * 60);
  return new Set(Array.from({ length }, (_, index) => (from + index) % (24 * 60)));
}

const rateInWords = ({ count, within }: Rate) => `${count} per ${formatDuration(within)}`;

function hoursInWords({ from, to }: QuietHours): string {
  return from === to ? 'none' : `${clockInWords(from)} to ${clockInWords(to)}`;
}
