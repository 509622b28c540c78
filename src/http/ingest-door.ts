import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deps } from '../deps.ts';
import type { Intake } from '../sources/reported.ts';
import type { Receipt } from '../use-cases/receive-events.ts';
import type { Dialect } from './sdk-answers.ts';

/** What the ingest routes need of the outside world. */
export type IngestDeps = Pick<Deps, 'config' | 'clock' | 'log' | 'keys'>;

/** Stores an intake for good, or throws. */
export type Receive = (intake: Intake) => Promise<Receipt>;

/** One request at one door. */
export type Exchange = {
  readonly deps: IngestDeps;
  readonly receive: Receive;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly query: URLSearchParams;
  /** The part of the path that names something, as in `/array/<token>/config`. */
  readonly part: string;
};

/** One group of routes: which methods it takes, how it says no, and what it does. */
export type Door = {
  readonly methods: readonly string[];
  /** What it takes is stored, so there must be room for it. */
  readonly stores: boolean;
  readonly dialect: Dialect;
  readonly answer: (exchange: Exchange) => Promise<void> | void;
};

/** Tells a client how many of its messages were not taken; the answer itself stays the SDK's own. */
export const rejectedHeader = ({ rejected }: Pick<Receipt, 'rejected'>): Readonly<Record<string, string>> =>
  rejected > 0 ? { 'X-Rejected': String(rejected) } : {};
