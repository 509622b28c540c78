import { setTimeout as sleep } from 'node:timers/promises';
import type { History } from './history.ts';
import { PUBLISHABLE_KEY } from './keys.ts';
import type { Random } from './random.ts';

export type Answer = { readonly status: number; readonly body: string; readonly json: () => unknown };

export type Asking = {
  readonly method?: 'GET' | 'POST';
  readonly key?: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** The user of the product app this comes from: sent with the publishable key. */
  readonly userToken?: string;
  /** Ids of the events this request carries. */
  readonly events?: readonly string[];
};

export type Client = (path: string, asking: Asking) => Promise<Answer | undefined>;

export type ClientHooks = {
  readonly history: History;
  readonly random: Random;
  /** A request is on its way. */
  readonly onRequest: (path: string) => void;
  /** It was answered, after so many milliseconds; undefined when no whole answer came. */
  readonly onAnswer?: (path: string, ms: number, status: number | undefined) => void;
  /** True once there is no use in trying any longer. */
  readonly isOver: () => boolean;
};

/**
 * A client as SDKs are: what is not answered is sent again, the very same, until it is. Undefined when the run was
 * over first. An answer that is neither 2xx, 3xx nor a conflict is a surprise.
 */
export function createClient(
  url: string,
  { history, random, onRequest, onAnswer, isOver }: ClientHooks,
): Client {
  return async (path, asking) => {
    const { events = [] } = asking;
    const request = toRequest(asking);
    if (events.length > 0) history.add({ kind: 'sent', events });
    while (!isOver()) {
      onRequest(path);
      const sentAt = performance.now();
      const answer = await once(`${url}${path}`, request);
      onAnswer?.(path, performance.now() - sentAt, answer?.status);
      if (answer !== undefined && answer.status < 500) {
        if (events.length > 0 && answer.status === 200) history.add({ kind: 'acked', events });
        if (answer.status >= 400 && answer.status !== 409) {
          history.add({
            kind: 'surprise',
            what: `${path} answered ${answer.status}: ${answer.body.slice(0, 300)}`,
          });
        }
        return answer;
      }
      await sleep(30 + random.below(120));
    }
    return undefined;
  };
}

function toRequest({ method = 'POST', key, userToken, json, form }: Asking): RequestInit {
  const bearer = userToken ?? key;
  const authorization = {
    ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
    ...(userToken === undefined ? {} : { 'X-Goodturn-Key': PUBLISHABLE_KEY }),
  };
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const body = form === undefined ? JSON.stringify(json ?? {}) : new URLSearchParams(form).toString();
  return {
    method,
    redirect: 'manual',
    headers: method === 'GET' ? authorization : { ...authorization, 'Content-Type': type },
    ...(method === 'GET' ? {} : { body }),
  };
}

/** Undefined when no whole answer came: the client cannot know whether anything was stored. */
async function once(url: string, request: RequestInit): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
    const body = await response.text();
    return { status: response.status, body, json: () => JSON.parse(body) };
  } catch {
    return undefined;
  }
}
