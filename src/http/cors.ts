import type { IncomingMessage, ServerResponse } from 'node:http';

const HEADERS = 'authorization, content-type, x-retry-count, x-goodturn-key, if-none-match';

/**
 * Lets the browsers of the allowed origins read our answers. An origin is compared as exact text; `*` in the
 * list allows any. Cookies are never involved, so no credentials are.
 */
export function allowOrigin(req: IncomingMessage, res: ServerResponse, allowed: readonly string[]): void {
  const origin = req.headers.origin;
  const answer = allowed.includes('*')
    ? '*'
    : origin !== undefined && allowed.includes(origin)
      ? origin
      : undefined;
  res.setHeader('Vary', 'Origin');
  if (answer === undefined) return;
  res.setHeader('Access-Control-Allow-Origin', answer);
  res.setHeader('Access-Control-Expose-Headers', 'x-rejected, retry-after, etag');
}

/** Answers a preflight. An origin that is not allowed gets no permission, which is answer enough. */
export function answerPreflight(req: IncomingMessage, res: ServerResponse, methods: readonly string[]): void {
  if (res.hasHeader('Access-Control-Allow-Origin')) {
    const asked = String(req.headers['access-control-request-headers'] ?? '')
      .toLowerCase()
      .split(',');
    const posthog = asked.map((name) => name.trim()).filter((name) => /^posthog-[a-z-]{1,40}$/.test(name));
    res.setHeader('Access-Control-Allow-Methods', [...methods, 'OPTIONS'].join(', '));
    res.setHeader('Access-Control-Allow-Headers', [HEADERS, ...posthog].join(', '));
    res.setHeader('Access-Control-Max-Age', '7200');
  }
  res.writeHead(204).end();
}
