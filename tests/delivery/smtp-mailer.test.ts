import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { createSmtpMailer } from '../../src/delivery/smtp-mailer.ts';
import { type SmtpSinkOptions, startSmtp } from '../smtp-server.ts';
import { aMessage } from './a-message.ts';
import { type Script, startScriptedSmtp } from './scripted-smtp.ts';

const log = pino({ level: 'silent' });
const QUICK = { timeouts: { connect: 500, greeting: 300, idle: 300, total: 2_000 } };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function sendTo(script: Script, extensions: readonly string[] = []) {
  const server = await startScriptedSmtp(script, extensions);
  closing.push(server.close);
  const result = await createSmtpMailer(server.url, log, QUICK).send(aMessage());
  return { result, accepted: server.accepted(), commands: server.commands };
}

async function aSink(options: SmtpSinkOptions = {}) {
  const sink = await startSmtp(options);
  closing.push(sink.close);
  return sink;
}

const RETRY = { status: 'failed', retry: true, bounce: false };
const FINAL = { status: 'failed', retry: false, bounce: false };
const BOUNCE = { status: 'failed', retry: false, bounce: true };

describe('what never reached the message is tried again', () => {
  test.each<readonly [string, Script]>([
    ['the server hangs up instead of greeting', { greeting: 'drop' }],
    ['the greeting never comes', { greeting: 'hang' }],
    ['the server is busy at the greeting', { greeting: '421 4.3.2 too many connections' }],
    ['the server refuses us at the greeting', { greeting: '554 no service here' }],
    ['the server hangs up at EHLO', { ehlo: 'drop' }],
    ['the sender is deferred', { mail: '451 4.7.1 greylisted' }],
    ['the server wants a login first', { mail: '530 5.7.0 authentication required' }],
    ['the mailbox is busy', { rcpt: '450 4.2.1 mailbox busy' }],
    ['the server hangs up at RCPT', { rcpt: 'drop' }],
    ['the server hangs up on DATA, before its go-ahead', { data: 'drop' }],
    ['the server falls silent on DATA, before its go-ahead', { data: 'hang' }],
    ['DATA is deferred', { data: '451 4.3.0 not now' }],
    ['the server leaves on DATA', { data: ['421 4.4.2 closing', 'drop'] }],
    ['the message is deferred after its end', { end: '451 4.3.0 try later' }],
    ['the server leaves after the end of the message, and says so', { end: ['421 4.4.2 closing', 'drop'] }],
  ])('%s', async (_, script) => {
    const plain = await sendTo(script);
    expect(plain.result).toMatchObject(RETRY);
    const pipelined = await sendTo(script, ['PIPELINING']);
    expect(pipelined.result).toMatchObject(RETRY);
  });

  test('nobody listens', async () => {
    const server = await startScriptedSmtp({});
    await server.close();
    expect(await createSmtpMailer(server.url, log, QUICK).send(aMessage())).toMatchObject(RETRY);
  });

  test('TLS fails, and the mail does not go out in clear', async () => {
    // The certificate of the test server is signed by nobody.
    const sink = await aSink({ disabledCommands: ['AUTH'] });
    expect(await createSmtpMailer(sink.url, log, QUICK).send(aMessage())).toMatchObject(RETRY);
    expect(sink.messages).toEqual([]);
  });

  test('the password is wrong', async () => {
    const sink = await aSink({
      onAuth: (_auth, _session, done) => done(new Error('535 no')),
      disabledCommands: ['STARTTLS'],
    });
    const url = sink.url.replace('//', '//sam:wrong@');
    expect(await createSmtpMailer(url, log, QUICK).send(aMessage())).toMatchObject(RETRY);
  });
});

describe('a permanent refusal is final', () => {
  test.each<readonly [string, Script]>([
    ['the sender is refused', { mail: '550 5.7.1 we do not know you' }],
    ['the sender address does not exist', { mail: '550 5.1.8 bad sender' }],
    ['the recipient is refused by policy', { rcpt: '550 5.7.1 not from here' }],
    ['the recipient is refused without a reason', { rcpt: '550 no' }],
    ['the sender is refused at RCPT', { rcpt: '553 5.1.8 sender domain not found' }],
    ['the mailbox is full for good', { rcpt: '552 5.2.2 over quota' }],
    ['DATA is refused', { data: '554 5.5.1 no valid recipients' }],
    ['the message is taken for spam', { end: '554 5.7.1 message looks like spam' }],
  ])('%s', async (_, script) => {
    expect((await sendTo(script)).result).toMatchObject(FINAL);
    expect((await sendTo(script, ['PIPELINING'])).result).toMatchObject(FINAL);
  });

  test.each<readonly [string, Script]>([
    ['there is no such mailbox', { rcpt: '550 5.1.1 <ada@acme.example>: no such user' }],
    ['there is no such domain', { rcpt: '550 5.1.2 no such domain' }],
    ['the domain takes no mail', { rcpt: '556 5.1.10 null MX' }],
    [
      'there is no such mailbox, said after the message',
      { end: '550-5.1.1 no such user\r\n550 5.1.1 see our page' },
    ],
  ])('and the address a bounce when %s', async (_, script) => {
    expect((await sendTo(script)).result).toMatchObject(BOUNCE);
    expect((await sendTo(script, ['PIPELINING'])).result).toMatchObject(BOUNCE);
  });

  test('even when the server then says 354 all the same', async () => {
    const { result, accepted } = await sendTo({ rcpt: '550 5.1.1 no such user', data: '354 go ahead' }, [
      'PIPELINING',
    ]);
    expect(result).toMatchObject(BOUNCE);
    expect(accepted).toBe(0);
  });

  test('and its reason does not repeat the address', async () => {
    const { result } = await sendTo({ rcpt: '550 5.1.1 <ada@acme.example>: no such user' });
    expect(JSON.stringify(result)).toContain('no such user');
    expect(JSON.stringify(result)).not.toContain('ada@acme.example');
  });
});

describe('once the go-ahead was given and no final answer came, nobody knows', () => {
  test.each<readonly [string, Script, number]>([
    ['the server hangs up in the middle of the message', { midBody: 'drop' }, 0],
    ['the server falls silent in the middle of the message', { midBody: 'hang' }, 0],
    ['the server hangs up after the end', { end: 'drop' }, 1],
    ['the server falls silent after the end', { end: 'hang' }, 1],
    [
      'a server that says 250 for the go-ahead hangs up after the end',
      { data: '250 go ahead', end: 'drop' },
      1,
    ],
  ])('%s', async (_, script, accepted) => {
    for (const extensions of [[], ['PIPELINING']]) {
      const outcome = await sendTo(script, extensions);
      expect(outcome.result).toMatchObject({ status: 'unknown' });
      expect(outcome.accepted).toBe(accepted);
      expect(outcome.commands.filter((command) => command === 'DATA')).toHaveLength(1);
    }
  });

  test('a server that dribbles for ever is left after the whole time allowed', async () => {
    const server = await startScriptedSmtp({ end: '250-wait' });
    closing.push(server.close);
    const patience = { timeouts: { ...QUICK.timeouts, idle: 60_000, total: 400 } };
    expect(await createSmtpMailer(server.url, log, patience).send(aMessage())).toMatchObject({
      status: 'unknown',
    });
  });

  test('mails sent at the same time are told apart', async () => {
    const lost = await startScriptedSmtp({ end: 'drop' });
    const refused = await startScriptedSmtp({ data: 'drop' });
    closing.push(lost.close, refused.close);
    const mailers = [lost, refused, lost, refused].map(({ url }) => createSmtpMailer(url, log, QUICK));
    const results = await Promise.all(mailers.map((mailer) => mailer.send(aMessage())));
    expect(results.map(({ status }) => status)).toEqual(['unknown', 'failed', 'unknown', 'failed']);
  });
});

describe('a faulty SMTP_URL is refused at once', () => {
  test.each([
    ['mail.vendor.example', /expected smtp:\/\/ or smtps:\/\//],
    ['http://mail.vendor.example', /expected smtp:\/\/ or smtps:\/\//],
    ['smtp://mail.vendor.example?pool=true', /unknown setting "pool"/],
    ['smtp://mail.vendor.example?requireTLS=yes', /expected true or false/],
  ])('%s', (url, fault) => {
    expect(() => createSmtpMailer(url, log)).toThrow(fault);
  });
});
