import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';

/** What the thread is told. `id` names a connection; a new one takes the place of the one before. */
export type ToWorker =
  | { readonly kind: 'connect'; readonly id: number }
  | { readonly kind: 'bytes'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'disconnect'; readonly id: number }
  | { readonly kind: 'close' };

/** What it answers. After `fatal` it ends. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly syncsPerCommit: number }
  | { readonly kind: 'bytes'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'fatal'; readonly reason: string }
  | { readonly kind: 'closed' };

/** PGlite in a thread of its own, spoken to as if it were a server. */
export type PgliteThread = {
  /** A connection for `pg`, in place of a socket. Starts the thread again if it has died. */
  readonly connect: () => Duplex;
  /** How often one commit reached the disk, counted at start. */
  readonly syncsPerCommit: number;
  /** Writes everything out and ends the thread. */
  readonly close: () => Promise<void>;
};

/**
 * Starts PGlite on `folder`. `onDeath` hears why a thread ended that was not asked to; whoever was
 * connected gets that error, and the next connection starts a thread that recovers what was committed.
 */
export async function startPglite(folder: string, onDeath: (error: Error) => void): Promise<PgliteThread> {
  const wires = new Map<number, Duplex>();
  let lastId = 0;
  let closed = false;
  let live: Promise<Running> | undefined;

  const start = async (): Promise<Running> => {
    const running = await startWorker(folder);
    running.worker.on('message', (message: FromWorker) => {
      if (message.kind === 'bytes') wires.get(message.id)?.push(message.bytes);
    });
    void running.death.then((error) => {
      live = undefined;
      for (const wire of wires.values()) wire.destroy(error);
      if (!closed) onDeath(error);
    });
    return running;
  };
  const running = (): Promise<Running> => {
    if (closed) return Promise.reject(new Error('The database is closed.'));
    live ??= start().catch((error) => {
      live = undefined;
      throw error;
    });
    return live;
  };

  const { syncsPerCommit } = await running();
  return {
    syncsPerCommit,
    connect: () => {
      lastId += 1;
      const id = lastId;
      const wire = wireTo(running, id, () => wires.delete(id));
      wires.set(id, wire);
      return wire;
    },
    close: async () => {
      const last = await live?.catch(() => undefined);
      closed = true;
      last?.worker.postMessage({ kind: 'close' } satisfies ToWorker);
      await last?.death;
    },
  };
}

/** Looks enough like a socket for `pg`, and carries PostgreSQL's wire bytes to the thread and back. */
function wireTo(running: () => Promise<Running>, id: number, forget: () => void): Duplex {
  let worker: Worker | undefined;
  const say = (message: ToWorker): void => worker?.postMessage(message);
  const send = (chunks: readonly Buffer[]): void => {
    const bytes = new Uint8Array(Buffer.concat(chunks)); // a copy of its own: it moves to the other thread
    worker?.postMessage({ kind: 'bytes', id, bytes } satisfies ToWorker, [bytes.buffer]);
  };
  const wire = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      send([chunk]);
      done();
    },
    writev: (chunks: { chunk: Buffer }[], done) => {
      send(chunks.map(({ chunk }) => chunk));
      done();
    },
    final: (done) => {
      wire.push(null);
      done();
    },
    destroy: (error, done) => {
      say({ kind: 'disconnect', id });
      forget();
      done(error);
    },
  });
  const connect = (): void => {
    running().then(
      (started) => {
        if (wire.destroyed) return;
        worker = started.worker;
        say({ kind: 'connect', id });
        wire.emit('connect');
      },
      (error) => wire.destroy(error),
    );
  };
  const nothing = (): void => {};
  return Object.assign(wire, {
    connect,
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  });
}

type Running = {
  readonly worker: Worker;
  readonly syncsPerCommit: number;
  /** Resolves when the thread has ended, with the reason. */
  readonly death: Promise<Error>;
};

async function startWorker(folder: string): Promise<Running> {
  const worker = new Worker(new URL('./pglite-worker.js', import.meta.url), {
    workerData: folder,
    execArgv: [], // ours may load a TypeScript loader, which this file has no need of
    // Deep recursion shall meet PostgreSQL's own limit, an error of one statement, before it meets the thread's.
    resourceLimits: { stackSizeMb: 64 },
  });
  let reason = 'it was stopped';
  const death = new Promise<Error>((resolve) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'fatal') reason = message.reason;
    });
    worker.on('error', (error) => {
      reason = error.message;
    });
    worker.on('exit', () => resolve(new Error(`The database in ${folder} stopped: ${reason}`)));
  });
  const ready = new Promise<number>((resolve) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') resolve(message.syncsPerCommit);
    });
  });
  const first = await Promise.race([ready, death]);
  if (first instanceof Error) throw first;
  return { worker, death, syncsPerCommit: first };
}
