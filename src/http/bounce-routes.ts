import express, { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { BounceNotice, readBounceMail, reportOfNotice } from '../sources/bounces.ts';
import { recordBounce } from '../use-cases/record-bounces.ts';
import { inKnownEncoding } from './known-encoding.ts';
import { parse } from './parse.ts';
import { requireKey } from './require-key.ts';

const Notices = z.array(BounceNotice).min(1).max(1000);

/** Where a mail server pipes the mails that came back, and a mail provider's hook reports bounces and complaints. */
export function bounceRoutes(deps: Deps): Router {
  const router = Router();
  const body = express.raw({ type: () => true, limit: '2mb' });

  router.post('/webhooks/bounces', requireKey(deps, 'secret'), inKnownEncoding, body, async (req, res) => {
    const sent = bytesOf(req.body);
    const isJson = req.is('json') !== false;
    const reports = isJson ? noticesIn(sent) : await mailIn(sent);
    const results = [];
    for (const report of reports) results.push(await recordBounce(deps, report, { isTrusted: isJson }));
    res.json({ results });
  });

  return router;
}

function noticesIn(bytes: Buffer) {
  const given = jsonOf(bytes);
  const notices = Array.isArray(given) ? parse(Notices, given) : [parse(BounceNotice, given)];
  return notices.map(reportOfNotice);
}

/** No mail begins like this. What it says would be trusted, so its content type has to say that it is no mail. */
const OPENS_JSON = /^\s*[[{]/;

async function mailIn(bytes: Buffer) {
  if (OPENS_JSON.test(bytes.toString('latin1', 0, 200)))
    throw new Refusal('invalid', 'This looks like JSON; send it with Content-Type: application/json.');
  try {
    return await readBounceMail(bytes);
  } catch (error) {
    throw new Refusal(
      'invalid',
      `Expected a mail as it came, or JSON with Content-Type: application/json; this could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw new Refusal('invalid', 'Expected a mail as it came, or JSON; got an empty body.');
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal('invalid', 'The body is no JSON.');
  }
}
