import pino from 'pino';
import { expect, test } from 'vitest';
import { createKeptMailer } from '../../src/delivery/kept-mailer.ts';

test('a kept mail is in the log by its id, and neither to whom nor what it says', async () => {
  const lines: string[] = [];
  const mailer = createKeptMailer(pino({ level: 'info' }, { write: (line: string) => lines.push(line) }));
  const result = await mailer.send({
    messageId: '<ask_1@vendor.example>',
    from: { name: 'Sam', address: 'hello@vendor.example' },
    to: { name: 'Ada', address: 'ada@acme.example' },
    subject: 'A small favour',
    text: 'Hi Ada,\nwould you?',
    html: '<p>Hi</p>',
    headers: {},
  });
  expect(result).toEqual({ status: 'kept' });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 30, messageId: '<ask_1@vendor.example>' },
  ]);
  expect(lines.join('')).not.toMatch(/acme|favour|would you/);
});
