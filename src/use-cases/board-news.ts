import type { PersonId } from '../engine/event.ts';

/** The people whose nudges are to be read anew; undefined stands for everybody. */
export type ChangedPeople = ReadonlySet<PersonId> | undefined;

/** Of more people than these, everybody is read. */
const MOST_PEOPLE = 500;
/** Milliseconds until a reading that failed is tried again, unless somebody asks before. */
const RETRY = 500;

type Batch = { readonly people: ReadonlySet<PersonId>; readonly everybody: boolean };

/** Whether a batch may be about a person. When everybody is read anew, who has nothing need not wait for it. */
const concerns = (batch: Batch | undefined, personId: PersonId, isKnown: (personId: PersonId) => boolean) =>
  batch !== undefined && (batch.people.has(personId) || (batch.everybody && isKnown(personId)));

export type News = ReturnType<typeof createNews>;

/**
 * Collects whose nudges are said to have changed and has them read: while one reading is under way the next one fills.
 * `isKnown`: whether something is kept of a person.
 */
export function createNews(
  readAnew: (changed: ChangedPeople) => Promise<void>,
  isKnown: (personId: PersonId) => boolean,
) {
  let waiting = { people: new Set<PersonId>(), everybody: false };
  let underWay: (Batch & { readonly done: Promise<void> }) | undefined;

  /** Reads what waits, or what is under way to its end. What could not be read waits again. */
  const read = (): Promise<void> => {
    if (underWay !== undefined) return underWay.done;
    const { people, everybody } = waiting;
    waiting = { people: new Set(), everybody: false };
    const done = readAnew(everybody || people.size > MOST_PEOPLE ? undefined : people)
      .catch((error: unknown) => {
        for (const personId of people) waiting.people.add(personId);
        waiting.everybody ||= everybody;
        throw error;
      })
      .finally(() => {
        underWay = undefined;
      });
    underWay = { people, everybody, done };
    return done;
  };
  const isAbout = (personId: PersonId): boolean =>
    concerns(waiting, personId, isKnown) || concerns(underWay, personId, isKnown);
  return {
    hear: (personId: PersonId | undefined): void => {
      if (personId === undefined) waiting.everybody = true;
      else waiting.people.add(personId);
    },
    hasAny: (): boolean => waiting.everybody || waiting.people.size > 0,
    read,
    /** Whether what is kept of a person may be out of date. */
    isAbout,
    /** Resolves once it no longer is; rejects when that cannot be read. */
    readOf: async (personId: PersonId): Promise<void> => {
      while (isAbout(personId)) await read();
    },
    settled: async (): Promise<void> => underWay?.done.catch(() => undefined),
  };
}

/** Reads news as it comes, and again after a while where that failed. */
export function keepReading(news: News, complain: (error: unknown) => void) {
  let retry: NodeJS.Timeout | undefined;
  let isOpen = true;
  const start = (): void => {
    if (isOpen && news.hasAny()) news.read().then(start, tryAgain);
  };
  const tryAgain = (error: unknown): void => {
    complain(error);
    clearTimeout(retry);
    retry = setTimeout(start, RETRY).unref();
  };
  const stop = (): Promise<void> => {
    isOpen = false;
    clearTimeout(retry);
    return news.settled();
  };
  return { start, stop };
}
