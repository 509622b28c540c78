import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';

/** The moments of a conversation at which the other side can die. `taken` is just after the final 250. */
export type SmtpStep = 'connect' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot' | 'taken';

export type TakenMail = { readonly messageId: string; readonly to: string; readonly text: string };

export type SlowSmtp = {
  readonly url: string;
  /** Bodies whose end arrived: from then on the mail is delivered, whether or not anybody hears our 250. */
  readonly taken: readonly TakenMail[];
  readonly close: () => Promise<void>;
};

type Hooks = {
  readonly onStep: (step: SmtpStep) => void;
  readonly onTaken: (mail: TakenMail) => void;
};

/** A mail server that takes its time at every step, so that a kill can land between any two of them. */
export async function startSlowSmtp(random: Random, { onStep, onTaken }: Hooks): Promise<SlowSmtp> {
  const sockets = new Set<Socket>();
  const taken: TakenMail[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    converse(socket, random, onStep, (mail) => {
      taken.push(mail);
      onTaken(mail);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    taken,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function converse(
  socket: Socket,
  random: Random,
  onStep: (step: SmtpStep) => void,
  onTaken: (mail: TakenMail) => void,
): void {
  let pending = '';
  let inBody = false;
  let speaking = Promise.resolve();
  const say = (line: string, upTo: number, then?: SmtpStep) => {
    const wait = random.below(upTo);
    speaking = speaking.then(async () => {
      await sleep(wait);
      if (!socket.destroyed) socket.write(`${line}\r\n`);
      if (then !== undefined) onStep(then);
    });
  };
  const hear = (): boolean => {
    const end = pending.indexOf(inBody ? '\r\n.\r\n' : '\r\n');
    if (end < 0) return false;
    const heard = pending.slice(0, end);
    pending = pending.slice(end + (inBody ? 5 : 2));
    if (inBody) {
      inBody = false;
      onTaken(readMail(heard));
      onStep('dot');
      say('250 2.0.0 taken', 80, 'taken');
    } else {
      inBody = answer(heard, say, onStep);
    }
    return true;
  };
  onStep('connect');
  say('220 slow', 15);
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    if (inBody) onStep('body');
    while (hear());
  });
}

/** Answers one command; true when a body follows. */
function answer(
  command: string,
  say: (line: string, upTo: number) => void,
  onStep: (step: SmtpStep) => void,
): boolean {
  switch (command.slice(0, 4).toUpperCase()) {
    case 'EHLO':
      say('250 slow', 10);
      return false;
    case 'MAIL':
      onStep('mail');
      say('250 2.1.0 ok', 15);
      return false;
    case 'RCPT':
      onStep('rcpt');
      say('250 2.1.5 ok', 15);
      return false;
    case 'DATA':
      onStep('data');
      say('354 go ahead', 15);
      return true;
    default:
      say('221 2.0.0 bye', 1);
      return false;
  }
}

function readMail(raw: string): TakenMail {
  const headers = raw.split('\r\n\r\n')[0]?.replace(/\r\n[ \t]+/g, ' ') ?? ''; // long ones are folded
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(headers)?.[1]?.trim() ?? '';
  const text = raw
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const to = header('To');
  return { messageId: header('Message-ID'), to: /<([^>]+)>/.exec(to)?.[1] ?? to, text };
}
