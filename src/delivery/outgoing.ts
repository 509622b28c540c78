/**
 * The property that marks what we send (of an event, or among the traits of an account), with the event's id:
 * by it we know our own events when they come back in.
 */
export const OWN_EVENT_PROPERTY = 'goodturn_id';

/** So many events wait for one service at most. */
export const MOST_WAITING = 1000;

/** What goes wrong in analytics is said in the log, and stops nothing else. */
export const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).slice(0, 300);
