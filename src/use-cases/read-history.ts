import { closeSync, openSync, readSync } from 'node:fs';
import { compareEvents } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { isPlainText } from '../sources/plain-text.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { createSeenIds } from '../sources/seen-ids.ts';
import { createHistoryReader, type HistoryLine, type HistoryReader } from '../sources/segment-history.ts';
import { forEachLine, type Progress } from './history-lines.ts';

/** A line that was left out, and why. */
export type BadLine = { readonly line: number; readonly reason: string };

export type HistoryRead = {
  /** Messages that counted, and those that were there before. */
  readonly events: number;
  readonly duplicates: number;
  readonly bad: readonly BadLine[];
  /** How many lines were bad; `bad` holds the first thousand. */
  readonly badCount: number;
  readonly wasSorted: boolean;
};

/** Takes events of one instant, in order of their ids; called in order of time. */
export type TakeInstant = (events: readonly ReportedEvent[], at: Instant) => void;

/**
 * Reads a file of Segment messages, a line each, in order of (timestamp, messageId), each message once. A file that
 * is sorted is read in one pass; in one that is not, the lines are sorted by their places in the file, and `begin` is
 * called again. A bad line costs only itself.
 */
export function readHistory(path: string, begin: () => TakeInstant, progress?: Progress): HistoryRead {
  return readSorted(path, begin(), progress) ?? readUnsorted(path, begin(), progress);
}

type BadLines = { readonly bad: BadLine[]; badCount: number };

type Ledger = BadLines & { events: number; duplicates: number };

const newLedger = (): Ledger => ({ events: 0, duplicates: 0, bad: [], badCount: 0 });

const MOST_BAD = 1000;

/** Counts a line that was left out; of the first thousand it is kept why. */
export function noteBad(noted: BadLines, line: number, reasons: readonly string[]): void {
  noted.badCount += 1;
  if (noted.bad.length < MOST_BAD) noted.bad.push({ line, reason: reasons.join('; ') });
}

/** Undefined when a line came before one that is earlier. */
function readSorted(
  path: string,
  take: TakeInstant,
  progress: Progress | undefined,
): HistoryRead | undefined {
  const ledger = newLedger();
  const read = createHistoryReader();
  const instants = gatherInstants(ledger, take);
  let isSorted = true;
  forEachLine(
    path,
    (line, number, isPlain) => {
      const event = read(line, isPlain);
      if ('rejected' in event) {
        noteBad(ledger, number, event.rejected);
        for (const one of event.events) isSorted &&= instants.add(one);
      } else if ('events' in event) {
        for (const one of event.events) isSorted &&= instants.add(one);
      } else {
        isSorted = instants.add(event);
      }
      return isSorted;
    },
    progress,
  );
  if (!isSorted) return undefined;
  instants.end();
  return { ...ledger, wasSorted: true };
}

/** Hands on the events of an instant together, each id once. */
function gatherInstants(ledger: Ledger, take: TakeInstant) {
  const seen = createSeenIds();
  let group: ReportedEvent[] = [];
  let at = Number.NEGATIVE_INFINITY;
  const flush = () => {
    if (group.length > 1) group.sort(compareEvents);
    if (group.length > 0) take(group, at);
    group = [];
  };
  return {
    /** False when it comes before what was handed on already. */
    add: (event: ReportedEvent): boolean => {
      if (event.occurredAt < at) return false;
      if (!seen.add(event.id)) {
        ledger.duplicates += 1;
        return true;
      }
      if (event.occurredAt > at) flush();
      at = event.occurredAt;
      group.push(event);
      ledger.events += 1;
      return true;
    },
    end: flush,
  };
}

type Places = { readonly at: number[]; readonly offset: number[]; readonly length: number[] };

function readUnsorted(path: string, take: TakeInstant, progress: Progress | undefined): HistoryRead {
  const ledger = newLedger();
  const read = createHistoryReader();
  const places = findPlaces(path, read, ledger, progress);
  const order = Uint32Array.from(places.at.keys()).sort(
    (a, b) => (places.at[a] ?? 0) - (places.at[b] ?? 0) || a - b,
  );
  const instants = gatherInstants(ledger, take);
  const file = openSync(path, 'r');
  try {
    let buffer = Buffer.allocUnsafe(1 << 16);
    for (const place of order) {
      const length = places.length[place] ?? 0;
      if (length > buffer.length) buffer = Buffer.allocUnsafe(length * 2);
      readSync(file, buffer, 0, length, places.offset[place] ?? 0);
      const line = buffer.toString('utf8', 0, length);
      for (const event of eventsOf(read(line, isPlainText(line))))
        if (event.occurredAt === places.at[place]) instants.add(event);
    }
  } finally {
    closeSync(file);
  }
  instants.end();
  return { ...ledger, wasSorted: false };
}

/** Where each line lies and when it happened; a line with messages of several instants is there once for each. */
function findPlaces(
  path: string,
  read: HistoryReader,
  ledger: Ledger,
  progress: Progress | undefined,
): Places {
  const places: Places = { at: [], offset: [], length: [] };
  forEachLine(
    path,
    (line, number, isPlain, offset, bytes) => {
      const found = read(line, isPlain);
      if ('rejected' in found) noteBad(ledger, number, found.rejected);
      for (const at of new Set(eventsOf(found).map(({ occurredAt }) => occurredAt))) {
        places.at.push(at);
        places.offset.push(offset);
        places.length.push(bytes);
      }
      return true;
    },
    progress,
  );
  return places;
}

const eventsOf = (found: HistoryLine): readonly ReportedEvent[] =>
  'events' in found ? found.events : [found];
