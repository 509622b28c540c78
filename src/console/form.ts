import express, { type Request, type RequestHandler } from 'express';
import { Refusal } from '../errors.ts';

/** The fields of a posted form; of a field that comes twice the last counts. Files are left out. */
export type Form = ReadonlyMap<string, string>;

/** Reads the body as bytes, at most 64 KB; `formOf` makes fields of them. */
export const rawForm: RequestHandler = express.raw({ type: () => true, limit: '64kb' });

/** The fields of the request. Throws an `invalid` Refusal for what no form sends. */
export async function formOf(req: Request): Promise<Form> {
  const type = req.get('content-type') ?? '';
  const body: unknown = req.body;
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(type) || !Buffer.isBuffer(body)) {
    throw new Refusal('invalid', `Expected a form, got "${type.slice(0, 60)}".`);
  }
  try {
    const data = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    const fields = new Map<string, string>();
    data.forEach((value, name) => {
      // A NUL can be typed by nobody and stored by no database.
      if (typeof value === 'string') fields.set(name, value.replaceAll('\0', ''));
    });
    return fields;
  } catch {
    throw new Refusal('invalid', 'The form arrived broken. Please go back and send it again.');
  }
}

/** A refusal with the address called as its field is called on the page. */
export const withLabel = (message: string, ofEmail: string): string =>
  message.replace(/^email: /, `${ofEmail}: `);

/**
 * Refuses what another site makes a browser post here. Browsers say where a form was; what says nothing at all is
 * no browser, and nobody was tricked into it.
 */
export function fromOurPages(baseUrl: string): RequestHandler {
  const ours = new URL(baseUrl).origin;
  return (req, _res, next) => {
    if (!isOurs(req, ours))
      throw new Refusal('forbidden', 'This came from another site, so nothing was done.');
    next();
  };
}

function isOurs(req: Request, ours: string): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.get('origin');
  if (origin === undefined || origin === ours) return true;
  return URL.canParse(origin) && new URL(origin).host === req.get('host');
}
