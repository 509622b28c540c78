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

/** What goes wrong in a conversation, and when: the mail is put off, refused for good, or the line goes dead. */
export type Mishap =
  | { readonly at: 'connect' | 'rcpt' | 'dot'; readonly way: 'defer' }
  | { readonly at: 'rcpt' | 'dot'; readonly way: 'refuse' }
  | { readonly at: 'connect' | 'rcpt' | 'data' | 'body' | 'dot'; readonly way: 'drop' };

type Hooks = {
  readonly onStep: (step: SmtpStep) => void;
  readonly onTaken: (mail: TakenMail) => void;
  /** Never again to this address. */
  readonly onRefused?: (to: string) => void;
  /** What goes wrong with the next conversation. */
  readonly mishap?: () => Mishap | undefined;
};

/** A mail server that takes its time at every step, so that a kill can land between any two of them. */
export async function startSlowSmtp(random: Random, hooks: Hooks): Promise<SlowSmtp> {
  const sockets = new Set<Socket>();
  const taken: TakenMail[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    const onTaken = (mail: TakenMail) => {
      taken.push(mail);
      hooks.onTaken(mail);
    };
    converse(socket, random, { ...hooks, onTaken }, hooks.mishap?.());
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

function converse(socket: Socket, random: Random, hooks: Hooks, mishap: Mishap | undefined): void {
  const { onStep, onTaken } = hooks;
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
  const goesWrong = (at: Mishap['at'], to = ''): boolean => {
    if (mishap?.at !== at) return false;
    if (mishap.way === 'refuse') hooks.onRefused?.(to);
    if (mishap.way === 'drop') socket.destroy();
    else say(mishap.way === 'defer' ? DEFERRED[mishap.at] : REFUSED[mishap.at], 15);
    return true;
  };
  const takeBody = (heard: string) => {
    const mail = readMail(heard);
    const wrong = goesWrong('dot', mail.to);
    // Whoever hangs up after the dot has it all the same.
    if (!wrong || mishap?.way === 'drop') onTaken(mail);
    onStep('dot');
    if (!wrong) say('250 2.0.0 taken', 80, 'taken');
  };
  const hear = (): boolean => {
    const end = pending.indexOf(inBody ? '\r\n.\r\n' : '\r\n');
    if (end < 0 || socket.destroyed) return false;
    const heard = pending.slice(0, end);
    pending = pending.slice(end + (inBody ? 5 : 2));
    if (inBody) takeBody(heard);
    inBody = !inBody && answer(heard, say, onStep, goesWrong);
    return true;
  };
  onStep('connect');
  if (!goesWrong('connect')) say('220 slow', 15);
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    if (inBody) onStep('body');
    if (inBody && goesWrong('body')) return;
    while (hear());
  });
}

const DEFERRED = { connect: '421 4.3.2 later', rcpt: '450 4.2.1 later', dot: '451 4.3.0 later' };
const REFUSED = { rcpt: '550 5.1.1 nobody of that name', dot: '554 5.7.1 not wanted here' };

/** Answers one command; true when a body follows. */
function answer(
  command: string,
  say: (line: string, upTo: number) => void,
  onStep: (step: SmtpStep) => void,
  goesWrong: (at: 'rcpt' | 'data', to?: string) => boolean,
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
      if (!goesWrong('rcpt', /<(.*)>/.exec(command)?.[1])) say('250 2.1.5 ok', 15);
      return false;
    case 'DATA':
      onStep('data');
      if (goesWrong('data')) return false;
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
