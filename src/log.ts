import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

/**
 * The log: a JSON object a line. What a database says beside its message quotes the rows that it is about, and those
 * are people's: of an error only what it is, its message and where it came from are kept.
 */
export function createLog(level: string, to?: DestinationStream): Logger {
  const options = { level, serializers: { err: withoutRows } };
  return to === undefined ? pino(options) : pino(options, to);
}

const withoutRows = stdSerializers.wrapErrorSerializer(({ type, message, stack, code }) => ({
  type,
  message,
  stack,
  code,
}));
