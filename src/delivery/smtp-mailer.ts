import nodemailer from 'nodemailer';
import type { Logger } from 'pino';
import { MINUTE, SECOND } from '../engine/time.ts';
import { parseAddress } from './address.ts';
import type { Mailer, Message, SendResult } from './mailer.ts';
import { readSmtpUrl, type SmtpServer } from './smtp-url.ts';
import { judgeFailure, type SmtpFailure } from './smtp-verdict.ts';

/** Milliseconds. `idle` is between two bytes, `total` is for the whole conversation. */
export type SmtpTimeouts = {
  readonly connect: number;
  readonly greeting: number;
  readonly idle: number;
  readonly total: number;
};

/** Signs every mail, so that receivers know it for ours. */
export type Dkim = {
  readonly domain: string;
  readonly selector: string;
  /** RSA, PEM. */
  readonly privateKey: string;
};

export type SmtpOptions = { readonly dkim?: Dkim; readonly timeouts?: SmtpTimeouts };

const TIMEOUTS: SmtpTimeouts = {
  connect: 15 * SECOND,
  greeting: 30 * SECOND,
  idle: 2 * MINUTE,
  total: 5 * MINUTE,
};

/**
 * Hands mails to an SMTP server, each over a connection of its own: without a pool nothing is requeued
 * behind our back, and every mark in the conversation belongs to one mail. Never rejects: what went wrong
 * is in the result. Throws at once when the URL is faulty.
 */
export function createSmtpMailer(smtpUrl: string, log: Logger, options: SmtpOptions = {}): Mailer {
  const server = readSmtpUrl(smtpUrl);
  return {
    send: async (message) => {
      const result = faultOf(message) ?? (await converse(server, options, message));
      const reason = 'reason' in result ? withoutAddress(result.reason, message) : undefined;
      log.debug({ messageId: message.messageId, status: result.status, reason }, 'mail handed over');
      return reason === undefined ? result : { ...result, reason };
    },
  };
}

async function converse(
  server: SmtpServer,
  { dkim, timeouts = TIMEOUTS }: SmtpOptions,
  message: Message,
): Promise<SendResult> {
  const marks = createMarks();
  const transport = nodemailer.createTransport({
    ...transportOptions(server, timeouts),
    transactionLog: true,
    logger: marks.logger,
    // The library types its AUTH data as mutable.
    ...(server.auth ? { auth: { ...server.auth } } : {}),
    ...(dkim ? { dkim: signatureOf(dkim) } : {}),
  });
  try {
    const info = await transport.sendMail({
      ...composition(message),
      signal: AbortSignal.timeout(timeouts.total),
    });
    return { status: 'sent', response: info.response };
  } catch (error) {
    return judgeFailure({ ...describe(error), goAhead: marks.goAhead() });
  } finally {
    transport.close();
  }
}

function transportOptions(server: SmtpServer, timeouts: SmtpTimeouts) {
  return {
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTLS,
    ignoreTLS: server.ignoreTLS,
    ...(server.name ? { name: server.name } : {}),
    tls: { rejectUnauthorized: server.rejectUnauthorized },
    connectionTimeout: timeouts.connect,
    dnsTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.idle,
    socketCloseTimeout: 2 * SECOND,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

const signatureOf = ({ domain, selector, privateKey }: Dkim) => ({
  domainName: domain,
  keySelector: selector,
  privateKey,
  headerFieldNames: SIGNED_HEADERS,
});

// RFC 8058 wants both List-Unsubscribe headers signed; the library leaves the second out by itself. A name that a mail
// does not have is passed over.
const SIGNED_HEADERS = [
  'from:reply-to:to:subject:date:message-id:mime-version:content-type:content-transfer-encoding',
  'list-id:list-unsubscribe:list-unsubscribe-post:auto-submitted:in-reply-to:references',
].join(':');

function composition({ messageId, from, to, replyTo, subject, text, html, headers }: Message) {
  return {
    messageId,
    from: { ...from },
    to: { ...to },
    ...(replyTo ? { replyTo: { ...replyTo } } : {}),
    // Said once more, so that no parsing of headers can add a recipient.
    envelope: { from: { name: '', address: from.address }, to: [{ name: '', address: to.address }] },
    subject,
    text,
    html,
    textEncoding: 'quoted-printable' as const,
    // Prepared: exactly as given, neither folded nor encoded; faultOf has checked them.
    headers: Object.entries(headers).map(([key, value]) => ({
      key,
      value: { prepared: true, foldLines: false, value },
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The last check before the wire: one strict address each, headers of one line, nothing that is no text. */
function faultOf(message: Message): SendResult | undefined {
  const refuse = (reason: string): SendResult => ({ status: 'failed', retry: false, bounce: false, reason });
  for (const [field, part] of [
    ['from', message.from],
    ['to', message.to],
    ['reply-to', message.replyTo],
  ] as const) {
    if (part === undefined) continue;
    const parsed = parseAddress(part.address);
    if ('fault' in parsed) return refuse(`${field}: ${parsed.fault}`);
    if (parsed.address !== part.address)
      return refuse(`${field}: expected an address as parseAddress returns it`);
    if (/\p{Cc}/u.test(part.name)) return refuse(`${field}: the name has control characters`);
  }
  if (!/^<[A-Za-z0-9._-]+@[A-Za-z0-9.-]+>$/.test(message.messageId))
    return refuse('the Message-ID has not the form <id@domain>');
  if (/\p{Cc}/u.test(message.subject)) return refuse('the subject has control characters');
  for (const part of [message.subject, message.text, message.html]) {
    // An object here would make the library read a file or a URL.
    if (typeof part !== 'string') return refuse('subject, text and html must be texts');
  }
  for (const [key, value] of Object.entries(message.headers)) {
    if (!OWN_HEADERS.test(key))
      return refuse(`no mail may set the header ${JSON.stringify(key.slice(0, 60))}`);
    if (!/^[\x20-\x7e]{1,900}$/.test(value)) return refuse(`the header ${key} is no single line of ASCII`);
  }
  return undefined;
}

const OWN_HEADERS = /^(?:List-[A-Za-z-]+|X-[A-Za-z-]+|Auto-Submitted|Feedback-ID|In-Reply-To|References)$/;

/**
 * Listens to the library's log for the one mark an error does not carry: the server's go-ahead for the
 * message. Answers come in the order of the commands, also when those were sent in one go. Nothing that
 * was said is kept.
 */
function createMarks() {
  const commands: string[] = [];
  let refused = false;
  let goAhead = false;
  const note = (entry: unknown, line: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('tnx' in entry) || typeof line !== 'string') return;
    if (entry.tnx === 'client') commands.push(/^(MAIL|RCPT|DATA)\b/.exec(line)?.[1] ?? '');
    if (entry.tnx !== 'server') return;
    const command = commands.shift();
    if (command === 'MAIL' || command === 'RCPT') refused ||= !line.startsWith('2');
    // Some servers say 250 where the standard says 354, and the library goes on. Others say 354 although
    // they took no recipient; the library then ends an empty message.
    if (command === 'DATA') goAhead = /^[23]/.test(line) && !refused;
  };
  const ignore = () => undefined;
  const logger = { trace: ignore, debug: note, info: ignore, warn: ignore, error: ignore, fatal: ignore };
  return { logger, goAhead: () => goAhead };
}

function describe(error: unknown): Omit<SmtpFailure, 'goAhead'> {
  if (!(error instanceof Error)) return { message: String(error) };
  const text = (key: string) => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === 'string' ? { [key]: value } : {};
  };
  const responseCode: unknown = Reflect.get(error, 'responseCode');
  return {
    message: error.message,
    ...text('response'),
    ...text('code'),
    ...text('command'),
    ...(typeof responseCode === 'number' ? { responseCode } : {}),
  };
}

// Servers repeat the address in their refusals; reasons are stored and logged, addresses are not.
const withoutAddress = (reason: string, message: Message) =>
  message.to.address === '' ? reason : reason.replaceAll(message.to.address, 'the address');
