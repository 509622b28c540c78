import { type Fields, isFields } from './json.ts';

/** Whether no escape hides a character in it, and no reserved name is in it. */
export function isPlainText(text: string): boolean {
  return !text.includes('\\u') && !RESERVED.test(text);
}

/** Names that no property may have; the escape could hide one, or a character that no database keeps. */
const RESERVED = /"(?:__proto__|constructor|prototype)"/;

/** Whether its text has far fewer bytes than Segment allows: a character takes at most six. */
export function isSurelyShort(message: Fields): boolean {
  return roomLeft(message, MOST_CHARACTERS) > 0;
}

const MOST_CHARACTERS = 5000;

function roomLeft(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length;
  let left = room - PUNCTUATION;
  if (isFields(value)) {
    for (const key in value) if (left > 0) left = roomLeft(value[key], left - key.length - PUNCTUATION);
    return left;
  }
  if (!Array.isArray(value)) return room - LONGEST_SCALAR;
  for (const item of value) if (left > 0) left = roomLeft(item, left - PUNCTUATION);
  return left;
}

/** Of a number, written out. */
const LONGEST_SCALAR = 25;
const PUNCTUATION = 4;
