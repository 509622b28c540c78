import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { composeEmail } from '../../src/delivery/email.ts';
import { htmlFromText } from '../../src/delivery/html-part.ts';
import { createSmtpMailer } from '../../src/delivery/smtp-mailer.ts';
import { type SmtpSink, startSmtp } from '../smtp-server.ts';
import { dkim, verified } from './signature.ts';

describe('a signed mail', () => {
  let sink: SmtpSink;
  beforeAll(async () => {
    sink = await startSmtp();
  });
  afterAll(() => sink.close());

  test.each(['Hi Ada,\n\nwould you?\n', 'Grüße, مرحبا 🙂\n\n.\n..\n   trailing   \n\n\n', ''])(
    'is known for ours by its receiver, both List-Unsubscribe headers included: %j',
    async (text) => {
      await createSmtpMailer(sink.url, pino({ level: 'silent' }), { dkim }).send(anAsk(text));
      const raw = sink.messages.at(-1)?.raw ?? '';
      const results = await verified(raw);
      expect(results).toMatchObject([
        { status: { result: 'pass', aligned: 'vendor.example' }, signingDomain: 'vendor.example' },
      ]);
      const [, signed = ''] = /\bh=([^;]+);/.exec(raw.replace(/\r\n\s+/g, '')) ?? [];
      const names = signed.toLowerCase().split(':');
      expect(names).toEqual(expect.arrayContaining(['from', 'list-unsubscribe', 'list-unsubscribe-post']));
    },
  );

  test('is not ours once a word of it was changed', async () => {
    await createSmtpMailer(sink.url, pino({ level: 'silent' }), { dkim }).send(anAsk('would you?'));
    const raw = (sink.messages.at(-1)?.raw ?? '').replace('One-Click', 'Two-Click');
    const results = await verified(raw);
    expect(results).toMatchObject([{ status: { result: 'fail' } }]);
  });
});

function anAsk(text: string) {
  const composed = composeEmail(
    {
      id: 'ask_1',
      purpose: 'ask',
      to: { name: 'Ada', address: 'ada@acme.example' },
      owner: { name: 'Sam Ortiz', address: 'sam@vendor.example' },
      rendered: { subject: 'Eine Bitte – über etwas', text, html: htmlFromText(text) },
      unsubscribeUrl: `https://asks.vendor.example/unsubscribe/${'a1B2'.repeat(20)}`,
    },
    {
      MAIL_FROM: 'hello@vendor.example',
      MODE: 'live',
      REHEARSAL_TO: 'team@vendor.example',
      PRODUCT_NAME: 'Flowly',
    },
  );
  if ('fault' in composed) throw new Error(composed.fault);
  return composed.message;
}

describe('the settings', () => {
  test('take a key on one line, and the domain of MAIL_FROM', () => {
    const config = readConfig({
      MAIL_FROM: 'growth@vendor.example',
      DKIM_SELECTOR: 'goodturn',
      DKIM_PRIVATE_KEY: dkim.privateKey.replaceAll('\n', '\\n'),
    });
    expect(config).toMatchObject({ DKIM_DOMAIN: 'vendor.example', DKIM_PRIVATE_KEY: dkim.privateKey });
  });

  test.each([
    [{ DKIM_SELECTOR: 'goodturn' }, /DKIM_PRIVATE_KEY: is needed where DKIM_SELECTOR is given/],
    [{ DKIM_PRIVATE_KEY: dkim.privateKey }, /DKIM_SELECTOR: is needed where DKIM_PRIVATE_KEY is given/],
    [{ DKIM_SELECTOR: 'goodturn', DKIM_PRIVATE_KEY: 'hello' }, /expected an RSA private key in PEM form/],
  ])('that are not whole are a fault: %#', (environment, fault) => {
    expect(() => readConfig(environment)).toThrow(fault);
  });

  test('are never repeated in a fault', () => {
    const broken = dkim.privateKey.slice(0, 50);
    expect(() => readConfig({ DKIM_SELECTOR: 'a', DKIM_PRIVATE_KEY: broken })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(dkim.privateKey.slice(30, 45)) }),
    );
  });
});
