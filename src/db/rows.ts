import type { Instant } from '../engine/time.ts';

/** SQL that reads an epoch-millisecond number out of a JSON record as a timestamptz. */
export const instant = (column: string) => `to_timestamp(${column} / 1000.0)`;

/**
 * SQL of a list that is given as JSON. Of a list that is given as an array the planner knows the length, and plans the
 * statement anew each time, which takes longer than to find some rows.
 */
export const listed = (json: string) => `array(select json_array_elements_text(${json}::json))`;

/** Long texts of many records, to be sent as one parameter of bytes; each record says where its own is. */
export function createTexts() {
  let buffer: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let end = 0;
  return {
    /** Where the text begins, counted from 1 as SQL does, and how many bytes it has. */
    add: (text: string): readonly [from: number, length: number] => {
      const most = text.length * MOST_BYTES_A_UNIT;
      if (end + most > buffer.length) buffer = grown(buffer, end, most);
      const length = buffer.write(text, end);
      end += length;
      return [end - length + 1, length];
    },
    bytes: () => buffer.subarray(0, end),
  };
}

const FIRST_BYTES = 1 << 16;
const MOST_BYTES_A_UNIT = 3;

function grown(buffer: Buffer, used: number, more: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, used + more));
  buffer.copy(larger, 0, 0, used);
  return larger;
}

/** SQL that reads the text that `place` stands for out of `bytes`. */
export const textAt = (bytes: string, place: string) =>
  `convert_from(substring(${bytes}::bytea from ${place}[1] for ${place}[2]), 'UTF8')`;

export const toInstant = (date: Date): Instant => date.getTime();
export const toInstantOrNone = (date: Date | null): Instant | undefined => date?.getTime();

/**
 * A JSON column back as the type it was written from. Safe because only this program writes these columns,
 * and what it writes was parsed at a door before; checking megabytes of state again on each event is not free.
 */
export function fromJson<T>(text: string): T {
  return JSON.parse(text);
}
