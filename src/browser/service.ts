import type { Options } from './types.ts';
import { warn } from './warn.ts';

export type Request = {
  readonly method?: 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Sends a request with the key and the user's token. Throws when there is no answer, or no token. */
export type Send = (path: string, request?: Request) => Promise<Response>;

/** Patience with a host that takes the connection and says nothing. */
const TIMEOUT = 20_000;

/** The service as this user reaches it. A token that is refused is fetched anew, once. */
export function createService({ host = '', key, token }: Options): Send {
  let kept: Promise<string> | undefined;
  const fetchToken = () => {
    kept ??= tokenOf(token).catch((error) => {
      kept = undefined;
      warn(String(error));
      throw error;
    });
    return kept;
  };
  const send = async (path: string, { headers = {}, ...request }: Request, bearer: string) =>
    fetch(host + path, {
      ...request,
      headers: { ...headers, 'X-Goodturn-Key': key, Authorization: `Bearer ${bearer}` },
      credentials: 'omit',
      // What was done on a page is told even while it is being left; of that, browsers take little at a time.
      keepalive: request.method === 'POST' && String(request.body).length < 10_000,
      signal: AbortSignal.timeout(TIMEOUT),
    });
  return async (path, request = {}) => {
    const used = fetchToken();
    const answer = await send(path, request, await used);
    if (answer.status !== 401 || typeof token === 'string') return answer;
    // Another request may have fetched a new one meanwhile.
    if (kept === used) kept = undefined;
    return send(path, request, await fetchToken());
  };
}

// A page to sign in, say, is no token, and would be refused over and over.
async function tokenOf(token: Options['token']): Promise<string> {
  const given = typeof token === 'string' ? token : await token();
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(given)) return given;
  throw new TypeError('the token is no JWT');
}
