import type { AddressInfo } from 'node:net';
import { type AddressObject, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { Letter } from './screen.ts';

/** A real SMTP server on a free port of this machine that keeps what it is sent, and passes nothing on. */
export async function startMailbox(onLetter: (letter: Letter) => void) {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData: (stream, _session, done) => {
      simpleParser(stream).then(({ from, to, subject = '', text = '' }) => {
        onLetter({ from: written(from), to: written(to), subject, text });
        done();
      }, done);
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${portOf(server.server.address())}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const written = (address: AddressObject | AddressObject[] | undefined): string =>
  [address ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .map(({ name, address: mail = '' }) => (name === '' ? mail : `${name} <${mail}>`))
    .join(', ');

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string')
    throw new Error('The scratch SMTP server has no port.');
  return address.port;
}
