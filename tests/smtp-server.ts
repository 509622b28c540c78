import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as a real server took it: the envelope it was asked to deliver to, and the message itself. */
export type ReceivedMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly parsed: ParsedMail;
};

export type SmtpSink = {
  /** For SMTP_URL. */
  readonly url: string;
  /** In the order they were accepted. */
  readonly messages: readonly ReceivedMail[];
  close(): Promise<void>;
};

export type SmtpSinkOptions = Pick<
  SMTPServerOptions,
  'secure' | 'onAuth' | 'onRcptTo' | 'disabledCommands'
> & { readonly port?: number };

/** Starts a real SMTP server that keeps what it is sent. Without options it takes mail from anyone, in clear. */
export async function startSmtp(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const messages: ReceivedMail[] = [];
  const { port = 0, ...rest } = options;
  const server = new SMTPServer({
    authOptional: rest.onAuth === undefined,
    disabledCommands: rest.onAuth === undefined ? ['AUTH', 'STARTTLS'] : [],
    logger: false,
    disableReverseLookup: true,
    ...rest,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        simpleParser(raw).then((parsed) => {
          const from = mailFrom === false ? '' : mailFrom.address;
          messages.push({
            from,
            to: rcptTo.map(({ address }) => address),
            raw: raw.toString('utf8'),
            parsed,
          });
          done();
        }, done);
      });
    },
  });
  // Clients that break off are part of what is tested.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const scheme = rest.secure ? 'smtps' : 'smtp';
  return {
    url: `${scheme}://127.0.0.1:${portOf(server.server.address())}`,
    messages,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
