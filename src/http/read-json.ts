import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { HttpFault } from './http-fault.ts';
import { decompress, readBody } from './read-body.ts';

/** Reads JSON whatever its content type: browsers send it as text/plain to be spared a preflight. */
export async function readJson(req: IncomingMessage, limit: number): Promise<unknown> {
  return (await readJsonText(req, limit)).body;
}

/** The same with the text that it was. */
export async function readJsonText(
  req: IncomingMessage,
  limit: number,
): Promise<{ readonly body: unknown; readonly text: string }> {
  const text = textOf(await readBody(req, limit), req);
  return { body: parse(text), text };
}

/**
 * Reads JSON in all the wrappings of PostHog's clients: plain, a form whose `data` is JSON or base64, base64
 * alone, and any of these gzipped without a header that says so. A GET carries `data` in its query.
 */
export async function readWrappedJson(
  req: IncomingMessage,
  query: URLSearchParams,
  limit: number,
): Promise<unknown> {
  const inQuery = query.get('data');
  const sent = req.method === 'GET' ? (inQuery ?? '') : textOf(await readBody(req, limit), req);
  if (/^\s*[[{]/.test(sent)) return parse(sent);
  const form = /^\s*data=|(^|&)data=/.test(sent.slice(0, 200)) ? new URLSearchParams(sent) : undefined;
  const compression = query.get('compression') ?? form?.get('compression');
  if (compression === 'lz64') throw new HttpFault(400, 'compression: got lz64, expected gzip-js or base64');
  const data = form?.get('data') ?? sent;
  if (/^\s*[[{]/.test(data)) return parse(data);
  if (data.trim() === '') throw new HttpFault(400, 'body: empty, expected JSON');
  return parse(await fromBase64(data, limit));
}

// In a form "+" means a space, and old clients did not escape it.
async function fromBase64(data: string, limit: number): Promise<string> {
  const text = data.trim().replaceAll(' ', '+');
  const bytes = /^[\w+/-]+=*$/.test(text)
    ? await decompress(Buffer.from(text, 'base64'), '', limit)
    : undefined;
  if (bytes === undefined || !isUtf8(bytes))
    throw new HttpFault(400, 'body: neither JSON nor base64 of JSON');
  return bytes.toString('utf8');
}

function textOf(body: Buffer, req: IncomingMessage): string {
  const charset = /charset="?([\w-]+)/i.exec(req.headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset)) {
    throw new HttpFault(415, `Content-Type: got charset "${charset.slice(0, 40)}", expected UTF-8`);
  }
  if (!isUtf8(body)) throw new HttpFault(400, 'body: not UTF-8');
  const text = body.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 120) : '';
    throw new HttpFault(400, text.trim() === '' ? 'body: empty, expected JSON' : `body: not JSON (${why})`);
  }
}
