import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';
import { invalidField, Refusal } from '../errors.ts';

/**
 * Every body is read as JSON, whatever its content type says: a pause of one trigger whose body was passed over would
 * be a pause of everything. It comes after the key, so that nobody without one has us read anything.
 */
export const jsonBody = (limit = '100kb'): RequestHandler =>
  express.json({
    limit,
    type: () => true,
    // The parser would take other charsets, and put a question mark in the place of each letter that is none.
    verify: (_req, _res, body, charset) => {
      if (!/^(utf-?8|us-ascii)$/.test(charset))
        throw new Refusal('unsupported', `Content-Type: got charset "${charset}", expected UTF-8.`);
      if (!isUtf8(body)) throw invalidField('body', 'not UTF-8');
    },
  });
