import { isStalled, isUnavailable } from '../db/retry.ts';
import { Refusal } from '../errors.ts';

/** What is said to whoever asks while the database is out of reach or stands still; undefined for any other error. */
export const outageIn = (error: unknown): Refusal | undefined =>
  isUnavailable(error) || isStalled(error)
    ? new Refusal('busy', 'The database cannot be reached just now; try again in a moment.')
    : undefined;
