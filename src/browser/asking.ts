import type { Asked } from './polling.ts';
import type { Send } from './service.ts';
import type { Nudge, Options } from './types.ts';
import { warn } from './warn.ts';

/** `GET /v1/nudges` over and over. What it answers is taken in by `take`; an unchanged answer is taken in again. */
export function asking(
  send: Send,
  { accountId }: Options,
  take: (offered: Nudge | undefined) => Asked['came'],
): () => Promise<Asked> {
  const path = `/v1/nudges${accountId === undefined ? '' : `?account_id=${encodeURIComponent(accountId)}`}`;
  let etag: string | null = null;
  let offered: Nudge | undefined;
  return async () => {
    try {
      const answer = await send(path, etag === null ? {} : { headers: { 'If-None-Match': etag } });
      if (answer.status === 304) return { came: take(offered) };
      if (!answer.ok) return refusal(answer);
      const { nudges, poll_after: wait } = await answer.json();
      etag = answer.headers.get('ETag');
      offered = nudges[0];
      return { came: take(offered), wait };
    } catch {
      return { came: 'failure' };
    }
  };
}

/** Busy passes; being turned away does not. */
function refusal({ status, headers }: Response): Asked {
  if (status === 429 || status >= 500)
    return { came: 'failure', wait: Number(headers.get('Retry-After')) || 0 };
  warn(status === 401 ? 'the key or the token was refused' : `asking for nudges was refused with ${status}`);
  return { came: 'refusal' };
}
