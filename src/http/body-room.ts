import type { IncomingMessage } from 'node:http';

/** How many bytes of bodies may be under way at once, from the first that is read until the answer. */
const MOST_BYTES = 32 * 1024 * 1024;

/** The largest body that any door takes. */
const LARGEST = 20 * 1024 * 1024;

/** What a body counts that does not say how long it is. */
const UNSAID = 512 * 1024;

/** JSON of events is about this many times as large as when it is compressed. */
const DEFLATED = 10;

export type BodyRoom = {
  /** Takes room for the body of a request, and returns how to give it back; undefined where there is none. */
  readonly enter: (req: IncomingMessage) => (() => void) | undefined;
};

/** Keeps the memory bounded that requests take whose events wait to be stored. One request alone always has room. */
export function createBodyRoom(most: number = MOST_BYTES): BodyRoom {
  let taken = 0;
  return {
    enter: (req) => {
      const size = sizeOf(req);
      if (taken > 0 && taken + size > most) return undefined;
      taken += size;
      return () => {
        taken -= size;
      };
    },
  };
}

function sizeOf({ headers }: IncomingMessage): number {
  const length = Number(headers['content-length'] ?? UNSAID);
  return Math.min(LARGEST, headers['content-encoding'] === undefined ? length : length * DEFLATED);
}
