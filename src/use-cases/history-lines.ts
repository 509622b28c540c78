import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isPlainText } from '../sources/plain-text.ts';

/** One line of a file, which is not blank. Answers whether to go on. */
export type TakeLine = (
  line: string,
  /** From 1. */
  number: number,
  /** No escape hides a character in it, and no reserved name is in it. */
  isPlain: boolean,
  /** Where it lies, in bytes. */
  offset: number,
  bytes: number,
) => boolean;

export type Progress = (done: number, total: number) => void;

const CHUNK = 1 << 20;

/** Hands over the lines of a file in order, with only a stretch of it in memory. Throws what the file system throws. */
export function forEachLine(path: string, take: TakeLine, progress?: Progress): void {
  let number = 0;
  for (const { buffer, start, end, offset } of stretchesOf(path, progress)) {
    const text = buffer.toString('utf8', start, end);
    // Where each character is one byte, lines are found in the text, which is faster.
    const lines = text.length === end - start ? linesOfText(text) : linesOfBytes(buffer, start, end);
    const isPlain = isPlainText(text);
    for (let line = lines.next(); line !== undefined; line = lines.next()) {
      number += 1;
      if (line.length < 3 && line.trim() === '') continue;
      if (!take(line, number, isPlain || isPlainText(line), offset + lines.at, lines.bytes)) return;
    }
  }
}

/** The same one by one, for whoever has to wait between them. */
export function* linesIn(
  path: string,
  progress?: Progress,
): Generator<{ readonly line: string; readonly number: number }> {
  let number = 0;
  for (const { buffer, start, end } of stretchesOf(path, progress)) {
    const lines = linesOfBytes(buffer, start, end);
    for (let line = lines.next(); line !== undefined; line = lines.next()) {
      number += 1;
      if (line.trim() !== '') yield { line, number };
    }
  }
}

type Stretch = {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
};

/** Stretches of whole lines, each good until the next is asked for. */
function* stretchesOf(path: string, progress?: Progress): Generator<Stretch> {
  const file = openSync(path, 'r');
  try {
    const total = fstatSync(file).size;
    for (const stretch of readStretches(file)) {
      progress?.(stretch.offset, total);
      yield stretch;
    }
    progress?.(total, total);
  } finally {
    closeSync(file);
  }
}

function* readStretches(file: number): Generator<Stretch> {
  let buffer = Buffer.allocUnsafe(CHUNK * 2);
  let filled = 0;
  let offset = 0;
  for (;;) {
    if (filled === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    const read = readSync(file, buffer, filled, Math.min(CHUNK, buffer.length - filled), null);
    const from = filled;
    filled += read;
    const newline = buffer.subarray(from, filled).lastIndexOf(NEWLINE);
    const end = read === 0 ? filled : newline < 0 ? 0 : from + newline + 1;
    if (end > 0) {
      const start = offset === 0 && hasMark(buffer) ? 3 : 0;
      yield { buffer, start, end, offset: offset + start };
      buffer.copyWithin(0, end, filled);
      filled -= end;
      offset += end;
    }
    if (read === 0) return;
  }
}

const NEWLINE = 10;

const hasMark = (buffer: Buffer) => buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf;

type Lines = { at: number; bytes: number; readonly next: () => string | undefined };

function linesOfText(text: string): Lines {
  let start = 0;
  const lines: Lines = {
    at: 0,
    bytes: 0,
    next: () => {
      if (start >= text.length) return undefined;
      const found = text.indexOf('\n', start);
      const end = found < 0 ? text.length : found;
      lines.at = start;
      lines.bytes = end - start;
      start = end + 1;
      return text.slice(lines.at, end);
    },
  };
  return lines;
}

function linesOfBytes(buffer: Buffer, from: number, to: number): Lines {
  let start = from;
  const lines: Lines = {
    at: 0,
    bytes: 0,
    next: () => {
      if (start >= to) return undefined;
      const found = buffer.indexOf(NEWLINE, start);
      const end = found < 0 || found >= to ? to : found;
      lines.at = start - from;
      lines.bytes = end - start;
      const line = buffer.toString('utf8', start, end);
      start = end + 1;
      return line;
    },
  };
  return lines;
}
