import type { Guardrails, Trigger } from './catalog.ts';
import { schedule } from './schedule.ts';
import { DAY, type Duration, HOUR, type Instant } from './time.ts';

/** Hours of the local week, from the first up to but not including the second, counted from Monday 00:00; 0–168. */
export type HourRange = { readonly from: number; readonly to: number };

export type LostHours = {
  /** An event in these hours has no slot inside the trigger's deadline. */
  readonly late: readonly HourRange[];
  /** Nor before its `latest`: whoever acts then is never asked. */
  readonly missed: readonly HourRange[];
};

/**
 * In which hours of the week an event comes too late for the deadline to be kept, because of quiet hours, the window
 * and the delay; undefined when every hour is fine. By the local clock, in a week without blackouts.
 */
export function lostHours(trigger: Trigger, { quietHours, windows }: Guardrails): LostHours | undefined {
  const { channel, deadline, delay } = trigger;
  const latest = trigger.latest ?? deadline;
  if (deadline === undefined || latest === undefined || channel === 'nudge') return undefined;
  const window = trigger.send === undefined ? undefined : windows[trigger.send];
  const slots = { zone: 'UTC', quietHours, blackouts: [], ...(window && { window }) };
  // A slot at the very end of the limit is too late for the first instant of the hour only.
  const isLost = (limit: Duration) => (at: Instant) =>
    schedule({ ...slots, notBefore: at + delay, latest: at + limit }) === undefined;
  const late = rangesOf(isLost(deadline));
  return late.length === 0
    ? undefined
    : { late, missed: latest > deadline ? rangesOf(isLost(latest)) : late };
}

const MONDAY: Instant = Date.UTC(2026, 0, 5);
const HOURS = (7 * DAY) / HOUR;

function rangesOf(isLost: (at: Instant) => boolean): HourRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (let hour = 0; hour < HOURS; hour += 1) {
    if (!isLost(MONDAY + hour * HOUR)) continue;
    const last = ranges.at(-1);
    if (last?.to === hour) last.to = hour + 1;
    else ranges.push({ from: hour, to: hour + 1 });
  }
  return ranges;
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `Friday 16:00 to Sunday 09:00, Monday to Friday 03:00 to 05:00`: the ranges as people say them. */
export function hoursInWords(ranges: readonly HourRange[]): string {
  return joinedOverWeekend(ranges)
    .map(({ from, to }) =>
      to - from >= HOURS ? 'at any hour' : `${hourInWords(from)} to ${hourInWords(to)}`,
    )
    .join(', ');
}

// What runs through the night from Sunday to Monday is one stretch.
function joinedOverWeekend(ranges: readonly HourRange[]): HourRange[] {
  const first = ranges[0];
  const last = ranges.at(-1);
  if (first === undefined || last === undefined || ranges.length < 2 || first.from !== 0 || last.to !== HOURS)
    return [...ranges];
  return [...ranges.slice(1, -1), { from: last.from, to: HOURS + first.to }];
}

function hourInWords(hour: number): string {
  return `${DAYS[Math.floor(hour / 24) % 7]} ${String(hour % 24).padStart(2, '0')}:00`;
}

/** How many hours there are in all. */
export const hoursIn = (ranges: readonly HourRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from, 0);
