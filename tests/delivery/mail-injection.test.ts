import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeEmail } from '../../src/delivery/email.ts';
import type { Mailer, Message } from '../../src/delivery/mailer.ts';
import { createSmtpMailer } from '../../src/delivery/smtp-mailer.ts';
import { type SmtpSink, startSmtp } from '../smtp-server.ts';

const config = {
  MAIL_FROM: 'hello@vendor.example',
  MODE: 'live',
  REHEARSAL_TO: 'hello@vendor.example',
  PRODUCT_NAME: 'Flowly',
} as const;
const folder = mkdtempSync(join(tmpdir(), 'goodturn-injection-'));
const secretFile = join(folder, 'secret.txt');
let sink: SmtpSink;
let mailer: Mailer;

beforeAll(async () => {
  writeFileSync(secretFile, 'the-canary');
  sink = await startSmtp();
  mailer = createSmtpMailer(sink.url, pino({ level: 'silent' }));
});
afterAll(async () => {
  await sink.close();
  rmSync(folder, { recursive: true });
});

/** Sends, and says what arrived since. */
async function arrivedBy(send: () => Promise<unknown>) {
  const before = sink.messages.length;
  await send();
  return sink.messages.slice(before);
}

const compose = (overrides: {
  to?: string;
  name?: string;
  owner?: string;
  subject?: string;
  text?: string;
}) =>
  composeEmail(
    {
      id: 'ask_1',
      purpose: 'ask',
      to: { name: overrides.name ?? 'Ada', address: overrides.to ?? 'ada@acme.example' },
      owner: { name: overrides.owner ?? 'Sam', address: 'sam@vendor.example' },
      rendered: { subject: overrides.subject ?? 'Hello', text: overrides.text ?? 'Hi', html: '<p>Hi</p>' },
      unsubscribeUrl: 'https://asks.vendor.example/unsubscribe/t0k3n',
    },
    config,
  );

const ADDRESSES = [
  'ada@acme.example, evil@evil.example',
  'ada@acme.example; evil@evil.example',
  'ada@acme.example evil@evil.example',
  'friends: ada@acme.example, evil@evil.example;',
  '"evil@evil.example> x"@acme.example',
  '"a, evil@evil.example"@acme.example',
  'ada@acme.example\r\nRCPT TO:<evil@evil.example>',
  'ada@acme.example>\r\nRCPT TO:<evil@evil.example',
  'ada@acme.example\nBcc: evil@evil.example',
  'Ada <ada@acme.example>',
  '<ada@acme.example>',
  'ada@acme.example(comment)',
  'ada@evil.example@acme.example',
  'ada@[127.0.0.1]',
  `${'a'.repeat(65)}@acme.example`,
  `a@${'b'.repeat(250)}.example`,
  'ada@acme．example＠evil.example',
];

test.each(ADDRESSES)('the address %j goes nowhere', async (to) => {
  expect(compose({ to })).toHaveProperty('fault');
  // Nor past a caller that never composed.
  const good = compose({});
  if ('fault' in good) throw new Error(good.fault);
  const arrived = await arrivedBy(() => mailer.send({ ...good.message, to: { name: '', address: to } }));
  expect(arrived).toEqual([]);
});

const HEADERLIKE = [
  'Ada\r\nBcc: evil@evil.example',
  'Ada\nX-Evil: 1',
  'Ada\r\n\r\n<h1>body</h1>',
  'Ada" <evil@evil.example>, "x',
  'Ada <evil@evil.example>',
  'Ada, evil@evil.example',
  '=?utf-8?Q?Ada=0D=0ABcc:_evil@evil.example?=',
  'Ada\u2028Bcc: evil@evil.example',
  'Ada\0',
  '{{person.email}} {{#each}}',
  'x'.repeat(5000),
];

describe('whatever a customer writes into a name or a comment stays there', () => {
  test.each(HEADERLIKE)('%j', async (written) => {
    const composed = compose({
      name: written,
      owner: written,
      subject: written,
      text: `You wrote: ${written}`,
    });
    if ('fault' in composed) throw new Error(composed.fault);
    const [mail, ...more] = await arrivedBy(() => mailer.send(composed.message));
    expect(more).toEqual([]);
    expect(mail?.to).toEqual(['ada@acme.example']);
    expect(mail?.parsed.to).toMatchObject({ value: [{ address: 'ada@acme.example' }] });
    expect(mail?.parsed.from?.value).toMatchObject([{ address: 'hello@vendor.example' }]);
    expect(mail?.parsed.replyTo?.value).toMatchObject([{ address: 'sam@vendor.example' }]);
    expect([...(mail?.parsed.headers.keys() ?? [])].sort()).toEqual([
      'content-type',
      'date',
      'from',
      'list',
      'message-id',
      'mime-version',
      'reply-to',
      'subject',
      'to',
    ]);
  });
});

test.each(['path', 'href'])('a body that is {%s} and no text is not read for the sender', async (key) => {
  const good = compose({});
  if ('fault' in good) throw new Error(good.fault);
  for (const part of ['text', 'html', 'subject']) {
    const value = key === 'path' ? { path: secretFile } : { href: 'http://127.0.0.1:9/' };
    const smuggled: Message = JSON.parse(JSON.stringify({ ...good.message, [part]: value }));
    const arrived = await arrivedBy(async () =>
      expect(await mailer.send(smuggled)).toMatchObject({ status: 'failed', retry: false }),
    );
    expect(arrived).toEqual([]);
  }
});

test.each<readonly [string, string]>([
  ['Bcc', 'evil@evil.example'],
  ['To', 'evil@evil.example'],
  ['Content-Type', 'text/html'],
  ['X-A\r\nBcc', 'evil@evil.example'],
  ['X-A', '1\r\nBcc: evil@evil.example'],
  ['List-Unsubscribe', '<https://x.example>\nBcc: evil@evil.example'],
])('the header %j: %j is refused', async (key, value) => {
  const good = compose({});
  if ('fault' in good) throw new Error(good.fault);
  const arrived = await arrivedBy(() => mailer.send({ ...good.message, headers: { [key]: value } }));
  expect(arrived).toEqual([]);
});
