import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, type InputType, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { ClientGone, HttpFault } from './http-fault.ts';

/** A body that takes longer to arrive is not coming. */
const PATIENCE = 20_000;

/** How long a client may go on sending what is turned down. */
const DRAIN = 5_000;

/**
 * The whole body, decompressed. Neither its bytes on the wire nor what they inflate to may pass `limit`.
 * gzip is known by its first bytes whatever the headers say; deflate and br by `Content-Encoding`.
 */
export async function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  return decompress(await readRaw(req, limit), String(req.headers['content-encoding'] ?? ''), limit);
}

function readRaw(req: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = Number(req.headers['content-length'] ?? 0) > limit ? limit + 1 : 0;
    let timer = setTimeout(() => late(), PATIENCE);
    const settle = () => {
      clearTimeout(timer);
      req.off('data', take).off('end', finish).off('close', hangUp).off('error', hangUp);
    };
    const late = () => {
      settle();
      drain(req);
      reject(
        size > limit
          ? tooLarge(limit)
          : new HttpFault(408, `body: not whole after ${PATIENCE / 1000} seconds`),
      );
    };
    const take = (chunk: Buffer) => {
      const wasLarge = size > limit;
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else if (!wasLarge) discard();
    };
    // Read on and forget: a client that is still sending when its socket closes sees a network error, not our answer.
    const discard = () => {
      chunks.length = 0;
      clearTimeout(timer);
      timer = setTimeout(late, DRAIN);
    };
    const finish = () => {
      settle();
      if (size > limit) reject(tooLarge(limit));
      else resolve(Buffer.concat(chunks, size));
    };
    const hangUp = () => {
      settle();
      req.on('error', () => {});
      reject(new ClientGone());
    };
    if (size > limit) discard();
    req.on('data', take).on('end', finish).on('close', hangUp).on('error', hangUp);
  });
}

/** Reads what is left and forgets it; hangs up on a client that does not come to an end. */
export function drain(req: IncomingMessage): void {
  const timer = setTimeout(() => req.destroy(), DRAIN);
  timer.unref();
  req.on('data', () => {}).on('error', () => {});
  req.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer));
  req.resume();
}

const tooLarge = (limit: number) => new HttpFault(413, `body: larger than ${limit} bytes`);

type Inflate = (data: InputType, options: ZlibOptions) => Promise<Buffer>;
const decoders: Readonly<Record<string, Inflate>> = {
  br: promisify(brotliDecompress),
  deflate: inflateEither,
};
const gunzipAsync: Inflate = promisify(gunzip);

/** Undoes one layer of compression. Two would only serve a bomb. */
export async function decompress(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const named = encoding.trim().toLowerCase();
  const decoder = isGzip(body) ? gunzipAsync : decoders[named];
  if (decoder === undefined) {
    // A proxy may have undone the gzip that the header still speaks of.
    if (['', 'identity', 'gzip', 'x-gzip'].includes(named)) return body;
    throw new HttpFault(415, `Content-Encoding: got "${named.slice(0, 40)}", expected gzip, deflate or br`);
  }
  const plain = await decoder(body, { maxOutputLength: limit }).catch((error: unknown) => {
    throw isTooLarge(error)
      ? tooLarge(limit)
      : new HttpFault(400, 'body: its compression is broken or cut short');
  });
  if (isGzip(plain)) throw new HttpFault(400, 'body: compressed twice');
  return plain;
}

const isGzip = (body: Buffer) => body[0] === 0x1f && body[1] === 0x8b && body[2] === 8;

const isTooLarge = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';

/** "deflate" means zlib to the standard and raw deflate to some clients. */
async function inflateEither(data: InputType, options: ZlibOptions): Promise<Buffer> {
  try {
    return await promisify(inflate)(data, options);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return promisify(inflateRaw)(data, options);
  }
}
