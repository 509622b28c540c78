import type { Window } from '../engine/catalog.ts';
import { describe, report, scalarOf } from './place.ts';
import { list, mapped, narrowed, type Reader, record } from './readers.ts';
import { timeOfDay } from './time-readers.ts';
import { choice } from './value-readers.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const dayList = list(
  'a list of days, like [mon, tue]',
  mapped(choice(...DAYS), (day) => DAYS.indexOf(day)),
);

const days: typeof dayList = {
  ...narrowed(dayList, { minItems: 1 }),
  read: (at) => {
    const meant = scalarOf(at) && daysIn(String(scalarOf(at)?.value).toLowerCase());
    if (meant === undefined) return dayList.read(at);
    return report(at, `expected ${dayList.expected}, got ${describe(at)}`, `write [${meant.join(', ')}]`);
  },
};

/** `weekdays`, `mon-fri`: what people write for several days. */
function daysIn(words: string): readonly string[] | undefined {
  const week = [...DAYS.slice(1), 'sun'];
  if (/^(week|business|working) ?days$/.test(words)) return week.slice(0, 5);
  if (/^weekends?$/.test(words)) return week.slice(5);
  if (/^(all|every ?day|daily|always)$/.test(words)) return week;
  const [, from = '', to = ''] = /^([a-z]{3})[a-z]*\s*(?:-|–|to)\s*([a-z]{3})[a-z]*$/.exec(words) ?? [];
  const [first, last] = [week.indexOf(from), week.indexOf(to)];
  return first < 0 || last < first ? undefined : week.slice(first, last + 1);
}

/** A stretch of the week; past midnight it counts to the day on which it starts. */
export const window: Reader<Window> = mapped(
  record(
    'a window, like { days: [mon, tue], from: "09:00", to: "17:00" }',
    {
      days,
      from: timeOfDay,
      to: timeOfDay,
    },
    {},
    (found, at, given) => {
      if (found.days?.length === 0) report(given.get('days')?.value ?? at, 'a window needs at least one day');
      if (found.from !== undefined && found.from === found.to) {
        report(
          given.get('to')?.value ?? at,
          'the window ends when it starts',
          'for a whole day write from: "00:00", to: "24:00"',
        );
      }
    },
  ),
  ({ days, from, to }) => ({ days: [...new Set(days)].sort(), from, to }),
);
