import { DAY, HOUR, type Instant, MINUTE, WEEK } from '../src/engine/time.ts';

export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'] as const;
export type Day = (typeof DAYS)[number];

/** The story's weeks: the first begins so long ago that the sixth one's Thursday, 10:00 UTC, is the last that has been. */
export function createStoryTime(now: Instant) {
  // 1970-01-01 was a Thursday.
  const end = Math.floor((now - 10 * HOUR) / WEEK) * WEEK + 10 * HOUR;
  const monday = end - 10 * HOUR - 3 * DAY - 5 * WEEK;
  return {
    /** For example `at(3, 'Tuesday', '14:10')`, in UTC. */
    at: (week: number, day: Day, time: string): Instant => {
      const [hours = 0, minutes = 0] = time.split(':').map(Number);
      return monday + (week - 1) * WEEK + DAYS.indexOf(day) * DAY + hours * HOUR + minutes * MINUTE;
    },
  };
}

export type StoryTime = ReturnType<typeof createStoryTime>;
