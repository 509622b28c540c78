// @ts-check
// The database's own thread. It speaks PostgreSQL's wire bytes with the main thread, for one connection at a
// time: PGlite is one session. JavaScript, because Node 20 starts no thread from TypeScript.
import { constants, fsyncSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** @typedef {import('./pglite.ts').ToWorker} ToWorker */
/** @typedef {import('./pglite.ts').FromWorker} FromWorker */
/** @typedef {{ id: number, started: boolean, rest: Uint8Array }} Session */

const SEND_AT = 256 * 1024;
const ERROR_IN_A_STATEMENT = 100; // the status PGlite throws for an ordinary SQL error; see its pglite.ts
const TERMINATE = 0x58;
const SYNC = Uint8Array.of(0x53, 0, 0, 0, 4);
const EIO = 29; // as WASI counts
const ACCESS = 3; // the bits of a file's flags that say whether it is read or written
/** @type {Readonly<Record<number, string>>} */
const FILE_ERRORS = {
  2: 'EACCES',
  19: 'EDQUOT',
  22: 'EFBIG',
  29: 'EIO',
  33: 'EMFILE',
  41: 'ENFILE',
  51: 'ENOSPC',
  63: 'EPERM',
  69: 'EROFS',
};

/** @type {string[]} */
const complaints = [];
/** @type {Session | undefined} */
let session;
let syncs = 0;

// Where nothing keeps the thread alive while the database is compiled, Node waits for all compiling before it goes on,
// also for what is only to make it faster.
parentPort?.ref();
const db = await open(String(workerData)).catch((error) => die(inWords(error)));
const before = syncs;
await db.exec(
  `SELECT pg_logical_emit_message(true, 'goodturn', 'How often does one commit reach the disk?')`,
);
tell({ kind: 'ready', syncsPerCommit: syncs - before });
parentPort?.on('message', hear);

/** @param {ToWorker} message */
function hear(message) {
  switch (message.kind) {
    case 'connect':
      leave();
      session = { id: message.id, started: false, rest: new Uint8Array() };
      return;
    case 'bytes':
      if (session?.id === message.id) receive(session, message.bytes);
      return;
    case 'disconnect':
      if (session?.id === message.id) leave();
      return;
    case 'close':
      close().catch((error) => die(inWords(error)));
      return;
    default:
      return /** @satisfies {never} */ (message);
  }
}

/** @param {string} folder */
async function open(folder) {
  // It would read the types of arrays, for a parser of its own that nobody uses: pg is at the other end of the wire.
  PGlite.prototype._initArrayTypes = async () => {};
  const opened = await PGlite.create({
    fs: syncing(new NodeFS(folder)),
    startParams: [
      ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), // -F: never sync
      ...['fsync=on', 'wal_sync_method=fsync', 'timezone=UTC', 'log_timezone=UTC'].flatMap((set) => [
        '-c',
        set,
      ]),
    ],
    initDbStartParams: ['--wal-segsize=4'], // in MB; a quarter of the usual, for a smaller and faster first start
    onStderr: (line) => {
      if (/PANIC|FATAL|Aborted/.test(line)) complaints.push(line);
      return false;
    },
  });
  const once = opened.Module._PostgresMainLoopOnce;
  // PGlite goes on after any error, but after a crash inside the database its memory cannot be trusted.
  opened.Module._PostgresMainLoopOnce = () => {
    try {
      once();
    } catch (error) {
      if (statusOf(error) !== ERROR_IN_A_STATEMENT) die(inWords(error));
      throw error;
    }
  };
  return opened;
}

/**
 * Emscripten's file system has no fsync of its own; without one a commit survives the process, not a power cut.
 * @param {NodeFS} fs
 */
function syncing(fs) {
  const init = fs.init.bind(fs);
  fs.init = async (pg, options) => {
    const { emscriptenOpts } = await init(pg, options);
    const install = (/** @type {{ NODEFS: { stream_ops: object } }} */ mod) => {
      Object.assign(mod.NODEFS.stream_ops, { fsync: sync });
    };
    const onAbort = (/** @type {unknown} */ what) => die(`Aborted(${String(what ?? '')})`);
    return {
      emscriptenOpts: { ...emscriptenOpts, onAbort, preRun: [...(emscriptenOpts.preRun ?? []), install] },
    };
  };
  return fs;
}

/**
 * What must be on disk PostgreSQL syncs through a file that it may write to, or a folder; its `pg_fsync` holds that. A
 * sync of a file that it may only read is a hint: it gives one for every file before it recovers from a crash, and
 * then syncs each.
 * @param {{ nfd: number, flags: number, node: { mode: number } }} file
 */
function sync(file) {
  const isHint =
    (file.flags & ACCESS) === constants.O_RDONLY && (file.node.mode & constants.S_IFMT) === constants.S_IFREG;
  if (isHint) return 0;
  try {
    fsyncSync(file.nfd);
    syncs += 1;
    return 0;
  } catch {
    return EIO;
  }
}

/**
 * Passes on whole messages only: the database would take half of one for a client that hung up.
 * @param {Session} from
 * @param {Uint8Array} bytes
 */
function receive(from, bytes) {
  const all = from.rest.length === 0 ? bytes : Buffer.concat([from.rest, bytes]);
  let start = 0;
  if (!from.started && all.length >= 4 && lengthAt(all, 0) <= all.length) {
    start = lengthAt(all, 0); // the first message has no letter before its length
    from.started = true;
    answer(from.id, all.subarray(0, start));
  }
  const end = from.started ? endOfWhole(all, start) : 0;
  if (end > start) answer(from.id, all.subarray(start, end));
  from.rest = all.slice(end);
}

/**
 * Where the last whole message ends, or the first "terminate" begins: that one would end the database itself.
 * @param {Uint8Array} bytes
 * @param {number} from
 */
function endOfWhole(bytes, from) {
  let end = from;
  while (end + 5 <= bytes.length && bytes[end] !== TERMINATE) {
    const next = end + 1 + lengthAt(bytes, end + 1);
    if (next > bytes.length) break;
    end = next;
  }
  return end;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} offset
 */
function lengthAt(bytes, offset) {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset);
}

/**
 * @param {number} id
 * @param {Uint8Array} messages
 */
function answer(id, messages) {
  /** @type {Uint8Array[]} */
  let chunks = [];
  let size = 0;
  const send = () => {
    if (size > 0) tell({ kind: 'bytes', id, bytes: new Uint8Array(Buffer.concat(chunks, size)) });
    chunks = [];
    size = 0;
  };
  run(messages, (bytes) => {
    chunks.push(bytes.slice()); // the database uses its buffer again
    size += bytes.length;
    if (size >= SEND_AT) send();
  });
  send();
}

/**
 * PGlite does all of it before it returns; the promise only says so.
 * @param {Uint8Array} messages
 * @param {(bytes: Uint8Array) => void} onRawData
 */
function run(messages, onRawData) {
  db.execProtocolRawStream(messages, { syncToFs: false, onRawData }).catch((error) => die(inWords(error)));
}

/** What a server does for a client that went away: nothing of its transaction, names or settings stays. */
function leave() {
  if (session?.started) {
    for (const messages of [SYNC, simpleQuery('ROLLBACK'), simpleQuery('DISCARD ALL')])
      run(messages, () => {});
  }
  session = undefined;
}

/** @param {string} text */
function simpleQuery(text) {
  const message = Buffer.from(`Q\0\0\0\0${text}\0`);
  message.writeUInt32BE(message.length - 1, 1);
  return new Uint8Array(message);
}

async function close() {
  leave();
  await db.exec('CHECKPOINT');
  await db.close();
  tell({ kind: 'closed' });
  parentPort?.close();
}

/**
 * Ends the thread; the next one recovers from the log, as PostgreSQL does after a crash.
 * @param {string} reason
 * @returns {never}
 */
function die(reason) {
  tell({ kind: 'fatal', reason: [...complaints.slice(-3), reason].join('; ') });
  return process.exit(1);
}

/** @param {FromWorker} message */
function tell(message) {
  parentPort?.postMessage(message);
}

/**
 * What a file system refuses comes as an object with a number.
 * @param {unknown} error
 */
function inWords(error) {
  if (error instanceof Error || typeof error !== 'object' || error === null) return String(error);
  if (!('errno' in error)) return JSON.stringify(error);
  const name = FILE_ERRORS[Number(error.errno)] ?? `error ${error.errno}`;
  return `its folder cannot be written to or read (${name}${name === 'ENOSPC' ? ': no space left on the device' : ''})`;
}

/** @param {unknown} error */
function statusOf(error) {
  return typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
}
