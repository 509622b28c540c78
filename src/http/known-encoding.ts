import type { RequestHandler } from 'express';
import { Refusal } from '../errors.ts';

/**
 * Refuses bodies in encodings that the doors for events do not read either: of these it would depend on the version of
 * Node whether they are read.
 */
export const inKnownEncoding: RequestHandler = (req, _res, next) => {
  const encoding = req.get('content-encoding')?.trim() ?? '';
  if (!/^(identity|gzip|deflate|br|)$/i.test(encoding)) {
    const got = `Content-Encoding: got "${encoding.slice(0, 40)}"`;
    throw new Refusal('unsupported', `${got}, expected gzip, deflate, br or none.`);
  }
  next();
};
