import type { Instant } from '../engine/time.ts';
import { ECHO_MARK, OUTCOME } from './echo.ts';
import { readInstant } from './instant.ts';
import { type Fields, isFields, kindOf } from './json.ts';
import type { ReportedEvent } from './reported.ts';
import { messagesOf, readSegmentLine } from './segment.ts';
import { createQuickReader, LONGEST_QUICK_LINE } from './segment-quick.ts';

/** What a line of a history holds: nearly always one event. */
export type HistoryLine = ReportedEvent | { readonly events: readonly ReportedEvent[] } | BadHistoryLine;
export type BadHistoryLine = {
  readonly events: readonly ReportedEvent[];
  readonly rejected: readonly string[];
};

export type HistoryReader = (line: string, isPlain: boolean) => HistoryLine;

// A history is what it says it is: it is read the same whenever it is read.
const NEVER: Instant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Reads lines of Segment messages to be replayed: as `readSegmentLine` does for an event that is no import. What we
 * once told analytics about an ask and now find in a history is what became of that ask.
 * A line without any date cannot be placed and is bad.
 */
export function createHistoryReader(): HistoryReader {
  const quick = createQuickReader();
  return (line, isPlain) => {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch (error) {
      return {
        events: [],
        rejected: [`is no JSON: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown'}`],
      };
    }
    const facts = { isPlain: isPlain && line.length <= LONGEST_QUICK_LINE, now: NEVER, imported: false };
    return quick.line(message, facts) ?? readCarefully(message);
  };
}

function readCarefully(message: unknown): HistoryLine {
  if (!isFields(message) && !Array.isArray(message)) {
    return { events: [], rejected: [`message: got ${kindOf(message)}, expected an object`] };
  }
  const { events, rejections } = readSegmentLine(message, NEVER, { imported: false });
  const isUndated = ({ receivedAt, flags }: ReportedEvent, flag: string) =>
    receivedAt === NEVER && flags.includes(flag);
  const dated = events.filter((event) => !Object.keys(UNDATED).some((flag) => isUndated(event, flag)));
  const rejected = [
    ...rejections.map(({ reason }) => reason),
    ...Object.entries(UNDATED).flatMap(([flag, got]) =>
      events.some((event) => isUndated(event, flag))
        ? [`timestamp: got ${got}, expected a date like 2026-03-01T10:00:00Z`]
        : [],
    ),
  ];
  const outcomes = messagesOf(message).flatMap((one) => (isFields(one) ? (readOutcome(one) ?? []) : []));
  const all = [...dated, ...outcomes];
  return rejected.length > 0 ? { events: all, rejected } : { events: all };
}

// Live, such an event happened when it came.
const UNDATED = { no_timestamp: 'nothing', bad_timestamp: 'what is no date' };

/** An event of ours that went out to analytics and is found again. */
function readOutcome(message: Fields): ReportedEvent | undefined {
  const { type, event: name, properties, timestamp, userId } = message;
  if (type !== 'track' || typeof name !== 'string' || !OUTCOME.test(name) || !isFields(properties))
    return undefined;
  const { ask_id: askId, reason, until, by } = properties;
  const at = readInstant(timestamp);
  if (typeof askId !== 'string' || at === undefined || !Number.isFinite(at)) return undefined;
  const context = isFields(message['context']) ? message['context'] : {};
  const account = context['groupId'] ?? message['groupId'] ?? properties['account_id'];
  const mark = properties[ECHO_MARK];
  return {
    id:
      typeof mark === 'string' && mark !== ''
        ? mark
        : `goodturn:${askId}:${name.slice('Ask '.length).toLowerCase()}`,
    source: 'goodturn',
    name,
    occurredAt: at,
    receivedAt: at,
    ...(typeof userId === 'string' ? { userId } : {}),
    ...(typeof account === 'string' ? { ownAccountId: account } : {}),
    properties: {
      ask_id: askId,
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof by === 'string' ? { by } : {}),
      ...(typeof until === 'number' ? { until } : {}),
    },
    imported: false,
    trust: 'server',
    flags: [],
  };
}
