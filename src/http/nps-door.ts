import { isFields } from '../sources/json.ts';
import { readNps } from '../sources/nps.ts';
import { HttpFault } from './http-fault.ts';
import type { Door, Exchange } from './ingest-door.ts';
import { senderOf } from './ingest-sender.ts';
import { problemOf } from './problem.ts';
import { readJson } from './read-json.ts';
import { answerJson, problemDialect } from './sdk-answers.ts';

const LIMIT = 64 * 1024;

/** `POST /v1/nps`: one promoter score, from a server. */
export const npsDoor: Door = { methods: ['POST'], stores: true, dialect: problemDialect, answer: receive };

async function receive({ deps, req, res, receive }: Exchange): Promise<void> {
  const receivedAt = deps.clock();
  const body = await readJson(req, LIMIT);
  const candidates = isFields(body) ? [body['writeKey']] : [];
  const sender = await senderOf(deps.keys, req, body, { candidates, otherKind: 403 }, receivedAt);
  if (sender.trust !== 'server') {
    throw new HttpFault(
      403,
      'key: got the publishable key, expected the write key; a score counts only from your server',
    );
  }
  const intake = readNps(body, receivedAt);
  const [fault] = intake.rejections;
  if (fault !== undefined) {
    const errors = [{ field: fieldIn(fault.reason), message: fault.reason }];
    const headers = { 'Content-Type': problemDialect.contentType };
    answerJson(res, 400, problemOf(400, fault.reason, errors), headers);
    return;
  }
  const { duplicates } = await receive(intake);
  answerJson(res, 200, { success: true, duplicate: duplicates > 0 });
}

const fieldIn = (reason: string): string => /^([\w.]+): /.exec(reason)?.[1]?.replace(/^body\./, '') ?? 'body';
