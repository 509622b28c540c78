import type { Catalog, Trigger } from '../engine/catalog.ts';
import { hoursIn, hoursInWords, type LostHours, lostHours } from '../engine/lost-hours.ts';
import { formatDuration } from '../engine/time.ts';
import type { Fault } from './fault.ts';
import type { CheckResult } from './read-catalog.ts';

/** Notes each trigger whose deadline cannot be kept at some hours of the week, and which those are. */
export function noteLostHours(
  catalog: Catalog,
  { examples, source }: Pick<CheckResult, 'examples' | 'source'>,
): Fault[] {
  return catalog.triggers.flatMap((trigger) => {
    const lost = trigger.status === 'archived' ? undefined : lostHours(trigger, catalog.guardrails);
    const file = examples.find((one) => one.trigger === trigger.name)?.file;
    if (lost === undefined || file === undefined) return [];
    return [
      {
        file,
        line: lineOf(source.triggers, trigger.name),
        path: 'deadline',
        message: inWords(trigger, lost),
      },
    ];
  });
}

function inWords({ deadline = 0, latest = deadline }: Trigger, { late, missed }: LostHours): string {
  const hours = (ranges: LostHours['late']) => `${hoursIn(ranges)} of the week’s 168 hours`;
  if (hoursIn(missed) === hoursIn(late)) {
    return `what happens in ${hours(late)} finds no suitable hour within ${formatDuration(latest)} and is never sent: ${hoursInWords(late)}`;
  }
  const words = `what happens in ${hours(late)} is sent later than ${formatDuration(deadline)}: ${hoursInWords(late)}`;
  if (missed.length === 0) return `${words}; all of it within ${formatDuration(latest)}`;
  return `${words}; in ${hours(missed)} not even within ${formatDuration(latest)}: ${hoursInWords(missed)}`;
}

/** The line of the file on which the deadline stands; 1 where it cannot be told. */
function lineOf(triggers: Readonly<Record<string, string>>, name: string): number {
  const text = triggers[`${name}.yaml`] ?? triggers[`${name}.yml`] ?? '';
  const line = text.split('\n').findIndex((one) => /^["']?deadline["']?\s*:/.test(one));
  return Math.max(1, line + 1);
}
