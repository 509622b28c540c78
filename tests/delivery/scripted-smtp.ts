import { createServer, type Socket } from 'node:net';

/** A server that misbehaves in one way: what it answers to each step, and where it hangs up or falls silent. */
export type Script = {
  readonly greeting?: Step;
  readonly ehlo?: Step;
  readonly mail?: Step;
  readonly rcpt?: Step;
  readonly data?: Step;
  /** In the middle of the message, before its end was seen. */
  readonly midBody?: Step;
  /** After the dot that ends the message. */
  readonly end?: Step;
};

/** A line to say, or what to do instead; `[line, 'drop']` says it first. */
export type Step = string | 'drop' | 'hang' | readonly [string, 'drop'];

export type ScriptedSmtp = {
  readonly url: string;
  /** Messages whose end arrived and was not refused. */
  readonly accepted: () => number;
  readonly commands: readonly string[];
  close(): Promise<void>;
};

export async function startScriptedSmtp(
  script: Script,
  extensions: readonly string[] = [],
): Promise<ScriptedSmtp> {
  const sockets = new Set<Socket>();
  const commands: string[] = [];
  let accepted = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    converse(
      socket,
      script,
      extensions,
      (command) => commands.push(command),
      () => {
        accepted += 1;
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    accepted: () => accepted,
    commands,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function converse(
  socket: Socket,
  script: Script,
  extensions: readonly string[],
  onCommand: (command: string) => void,
  onAccepted: () => void,
) {
  let pending = '';
  let inBody = false;
  let refused = false;
  const takeBody = (): boolean => {
    // A message may be empty, and then the dot is all there is.
    const end = `\r\n${pending}`.indexOf('\r\n.\r\n');
    if (end < 0) return false;
    pending = pending.slice(end + 3);
    inBody = false;
    const answer = end === 0 ? '554 5.5.1 nothing to deliver' : (script.end ?? '250 2.0.0 taken');
    if (end > 0 && mayBeKept(answer)) onAccepted();
    answerWith(socket, answer);
    return true;
  };
  const takeCommand = (): boolean => {
    const end = pending.indexOf('\r\n');
    if (end < 0) return false;
    const command = pending.slice(0, end);
    pending = pending.slice(end + 2);
    onCommand(command);
    const noRecipient = command === 'DATA' && refused && script.data === undefined;
    const step = noRecipient ? '554 5.5.1 no valid recipients' : stepFor(command, script, extensions);
    refused ||= /^(MAIL|RCPT)/.test(command) && typeof step === 'string' && !step.startsWith('2');
    inBody = command === 'DATA' && typeof step === 'string' && /^[23]\d\d/.test(step);
    answerWith(socket, step);
    return true;
  };
  answerWith(socket, script.greeting ?? '220 scripted');
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    if (inBody && script.midBody !== undefined) return answerWith(socket, script.midBody);
    while (inBody ? takeBody() : takeCommand());
  });
}

function stepFor(command: string, script: Script, extensions: readonly string[]): Step {
  switch (command.split(' ')[0]?.toUpperCase()) {
    case 'EHLO':
      return (
        script.ehlo ??
        ['250-scripted', ...extensions.map((name) => `250-${name}`), '250 SIZE 10000000'].join('\r\n')
      );
    case 'MAIL':
      return script.mail ?? '250 2.1.0 ok';
    case 'RCPT':
      return script.rcpt ?? '250 2.1.5 ok';
    case 'DATA':
      return script.data ?? '354 go ahead';
    case 'QUIT':
      return '221 bye';
    default:
      return '502 not here';
  }
}

function answerWith(socket: Socket, step: Step): void {
  if (step === 'hang') return;
  if (step === 'drop') {
    socket.destroy();
    return;
  }
  if (typeof step === 'string') socket.write(`${step}\r\n`);
  else socket.end(`${step[0]}\r\n`);
}

const mayBeKept = (step: Step) =>
  step === 'drop' || step === 'hang' || (typeof step === 'string' ? step : step[0]).startsWith('250');
