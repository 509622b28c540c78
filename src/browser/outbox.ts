import type { Send } from './service.ts';
import { warn } from './warn.ts';

type Letter = {
  readonly path: string;
  /** Made when it is sent: it may say when that is. */
  readonly body: () => object;
  readonly onArrival?: (() => void) | undefined;
};

export type Outbox = {
  readonly put: (letter: Letter) => void;
  readonly stop: () => void;
};

const FIRST_PAUSE = 5000;
const LONGEST_PAUSE = 5 * 60 * 1000;
const MOST = 100;

/** Sends what it is given, in order, and holds on to it while the service cannot be reached. */
export function createOutbox(send: Send): Outbox {
  const letters: Letter[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE;
  let sending = false;

  const work = async () => {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    for (let letter = letters[0]; letter !== undefined; letter = letters[0]) {
      if (!(await arrives(send, letter))) break;
      pause = FIRST_PAUSE;
      if (letters[0] === letter) letters.shift();
    }
    sending = false;
    if (letters.length === 0) return;
    timer = setTimeout(work, pause * (1 + Math.random() / 5));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };

  addEventListener('online', work);
  return {
    put: (letter) => {
      letters.push(letter);
      if (letters.length > MOST) letters.shift();
      void work();
    },
    stop: () => {
      letters.length = 0;
      clearTimeout(timer);
      removeEventListener('online', work);
    },
  };
}

/** False when it is worth trying again. What is refused for good is not. */
async function arrives(send: Send, { path, body, onArrival }: Letter): Promise<boolean> {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const { ok, status } = await send(path, { method: 'POST', headers, body: JSON.stringify(body()) });
    if (status === 429 || status >= 500) return false;
    // An ask that has come to another end meanwhile is nobody's mistake.
    if (!ok && status !== 404 && status !== 409) warn(`${path} was refused with ${status}`);
    if (ok) onArrival?.();
    return true;
  } catch {
    return false;
  }
}
