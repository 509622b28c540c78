import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { createSmtpMailer } from '../../src/delivery/smtp-mailer.ts';
import { type SmtpSinkOptions, startSmtp } from '../smtp-server.ts';
import { aMessage } from './a-message.ts';

const log = pino({ level: 'silent' });
const RETRY = { status: 'failed', retry: true, bounce: false };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function aSink(options: SmtpSinkOptions = {}) {
  const sink = await startSmtp(options);
  closing.push(sink.close);
  return sink;
}

describe('what arrives', () => {
  test('is what was meant, in both parts', async () => {
    const sink = await aSink();
    const message = aMessage({
      to: { name: 'Žofie “Zo” Dvořák, PhD', address: 'zofie@acme.example' },
      subject: 'Grüße – eine Bitte 🙂 an Sie, und eine ziemlich lange Zeile dazu, die gefaltet werden muss',
      text: `Hallo Žofie,\n\n${'Wort '.repeat(60)}\n.\n..ein Punkt\nمرحبا\n`,
      html: '<p>Hallo Žofie &amp; alle</p>',
      headers: {
        'List-Id': '<goodturn-asks.vendor.example>',
        'List-Unsubscribe': `<https://asks.vendor.example/unsubscribe/${'a1B2'.repeat(30)}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    });
    expect(await createSmtpMailer(sink.url, log).send(message)).toMatchObject({ status: 'sent' });
    const [mail] = sink.messages;
    expect(mail?.to).toEqual(['zofie@acme.example']);
    expect(mail?.from).toBe('hello@vendor.example');
    expect(mail?.parsed).toMatchObject({
      subject: message.subject,
      messageId: message.messageId,
      text: message.text,
      html: message.html,
      from: { value: [{ address: 'hello@vendor.example', name: 'Sam Ortiz' }] },
      to: { value: [{ address: 'zofie@acme.example', name: message.to.name }] },
      replyTo: { value: [{ address: 'sam@vendor.example' }] },
    });
    // In one piece: a folded URL is no URL to some receivers.
    expect(mail?.raw).toContain(`\r\nList-Unsubscribe: ${message.headers['List-Unsubscribe']}\r\n`);
    expect(mail?.raw).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    expect(mail?.raw).toMatch(/charset=utf-8/i);
    expect(mail?.raw.match(/^Message-ID:/gim)).toHaveLength(1);
  });

  test('is logged without its words, its address and the password', async () => {
    const lines: string[] = [];
    const sink = await aSink({
      onAuth: (_auth, _session, done) => done(null, { user: 'sam' }),
      disabledCommands: ['STARTTLS'],
    });
    const mailer = createSmtpMailer(
      sink.url.replace('//', '//sam:p%40ss%3Aword@'),
      pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }),
    );
    expect(await mailer.send(aMessage())).toMatchObject({ status: 'sent' });
    expect(lines.join()).toContain('ask_1@vendor.example');
    expect(lines.join()).not.toMatch(/ada@acme|would you|p@ss/);
  });

  test('comes over TLS from the first byte where the URL says smtps', async () => {
    const sink = await aSink({ secure: true });
    const url = `${sink.url}?tls.rejectUnauthorized=false`;
    expect(await createSmtpMailer(url, log).send(aMessage())).toMatchObject({ status: 'sent' });
    expect(await createSmtpMailer(sink.url, log).send(aMessage())).toMatchObject({
      status: 'failed',
      retry: true,
    });
    expect(sink.messages).toHaveLength(1);
  });

  test('comes over STARTTLS where the server offers it', async () => {
    const sink = await aSink({ disabledCommands: ['AUTH'] });
    const url = `${sink.url}?tls.rejectUnauthorized=false`;
    expect(await createSmtpMailer(url, log).send(aMessage())).toMatchObject({ status: 'sent' });
    expect(sink.messages).toHaveLength(1);
  });

  test('a server without TLS gets nothing when the URL requires it', async () => {
    const sink = await aSink();
    expect(await createSmtpMailer(`${sink.url}?requireTLS=true`, log).send(aMessage())).toMatchObject(RETRY);
    expect(sink.messages).toEqual([]);
  });
});
