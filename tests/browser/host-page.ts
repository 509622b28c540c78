import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a page of the product app is to do. */
export type HostOptions = {
  readonly user?: string;
  /** Its own card instead of ours. */
  readonly headless?: boolean;
  /** Loaded as the ES module, by a page that copied the package to its own origin. */
  readonly module?: boolean;
  readonly dir?: 'ltr' | 'rtl';
  readonly colorScheme?: 'light' | 'dark' | 'light dark';
  /** More for `Goodturn.init`. */
  readonly init?: Readonly<Record<string, unknown>>;
};

/**
 * A product app of its own origin, under a policy that lets through no inline script, no inline style, no eval and no
 * markup made of strings. `violations` are what browsers reported of it.
 */
export async function startHost(tokenOf: (user: string) => Promise<string>) {
  const violations: string[] = [];
  const tokensGiven: string[] = [];
  let service = '';
  const server = createServer(async (req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost');
    const options: HostOptions = JSON.parse(searchParams.get('options') ?? '{}');
    const module = /^\/goodturn\/([\w-]+\.js)$/.exec(pathname)?.[1];
    if (module !== undefined) answer(res, 'text/javascript', readFileSync(join(PACKAGE, module), 'utf8'));
    else if (pathname === '/') page(res, service, options, searchParams.get('options') ?? '{}');
    else if (pathname === '/app.css') answer(res, 'text/css', STYLE);
    else if (pathname === '/app.js') answer(res, 'text/javascript', SCRIPT);
    else if (pathname === '/module.js') answer(res, 'text/javascript', `${IMPORT}${SCRIPT}`);
    else if (pathname === '/token') {
      const user = searchParams.get('user') ?? '';
      tokensGiven.push(user);
      answer(res, 'text/plain', await tokenOf(user));
    } else if (pathname === '/violations') {
      for await (const chunk of req) violations.push(String(chunk));
      res.writeHead(204).end();
    } else res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    violations,
    tokensGiven,
    /** Where the service is, once it is known: it wants to know the origin first. */
    serve: (url: string) => {
      service = url;
    },
    page: (options: HostOptions = {}) => `${origin}/?options=${encodeURIComponent(JSON.stringify(options))}`,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(res: ServerResponse, type: string, text: string, headers: Record<string, string> = {}) {
  res.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-store', ...headers });
  res.end(text);
}

function page(res: ServerResponse, service: string, options: HostOptions, raw: string): void {
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${service}`,
    "style-src 'self'",
    'img-src data:',
    `connect-src 'self' ${service}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "base-uri 'none'",
    'report-uri /violations',
  ].join('; ');
  const { dir = 'ltr', colorScheme = 'light' } = options;
  const attribute = raw.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const html = `<!doctype html>
<html lang="en" dir="${dir}" class="${colorScheme.replace(' ', '-')}" data-options="${attribute}" data-service="${service}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Acorn</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/app.css">
${options.module ? AS_MODULE : `<script src="${service}/sdk/goodturn.js" defer></script>\n<script src="/app.js" defer></script>`}
</head>
<body>
<header><b>Acorn</b><nav><a href="#w" class="here">Workflows</a><a href="#r">Reports</a><a href="#p">People</a></nav></header>
<main>
<h1>Month-end close</h1>
<p class="done"><span>✓</span> Workflow completed. 214 entries booked in 4 minutes.</p>
<table>
<tr><th>Step</th><th>Entries</th><th>Took</th></tr>
<tr><td>Collect invoices</td><td>128</td><td>1 min</td></tr>
<tr><td>Match payments</td><td>61</td><td>2 min</td></tr>
<tr><td>Post to the ledger</td><td>25</td><td>1 min</td></tr>
</table>
<p><button id="run" type="button">Run again</button></p>
</main>
</body>
</html>
`;
  answer(res, 'text/html', html, { 'Content-Security-Policy': policy });
}

/** What a bundler would take from the package. */
const PACKAGE = fileURLToPath(new URL('../../dist/browser', import.meta.url));
const AS_MODULE = '<script src="/module.js" type="module"></script>';
const IMPORT = "import { Goodturn } from '/goodturn/index.js';";

const SCRIPT = `
const { options, service } = document.documentElement.dataset;
const { user = 'ada', headless, module, init } = JSON.parse(options);
const token = () => fetch('/token?user=' + user).then((answer) => answer.text());
window.seen = [];
window.errors = [];
addEventListener('error', ({ message }) => errors.push(message));
addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));
Goodturn.init({
  key: 'pk_test',
  token,
  ...(module ? { host: service } : {}),
  ...(headless ? { onNudge: (nudge) => { seen.push(nudge); } } : {}),
  ...init,
});
document.getElementById('run').addEventListener('click', () => Goodturn.track('Workflow Completed', { steps: 3 }));
`;

const STYLE = `
:root { --paper: #f6f7f9; --panel: #fff; --ink: #1b2130; --quiet: #667085; --line: #e4e7ec; --good: #ecfdf3; }
:root.dark { --paper: #0f1216; --panel: #171b21; --ink: #e8eaee; --quiet: #98a2b3; --line: #2a303a; --good: #12291f; color-scheme: dark; }
:root.light-dark { color-scheme: light dark; }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 Inter, system-ui, sans-serif; background: var(--paper); color: var(--ink); }
header { display: flex; gap: 28px; padding: 14px 28px; background: var(--panel); border-bottom: 1px solid var(--line); }
nav { display: flex; gap: 18px; }
nav a { color: var(--quiet); text-decoration: none; }
nav .here { color: var(--ink); font-weight: 600; }
main { max-width: 760px; padding: 20px 28px; }
h1 { font-size: 22px; margin: 8px 0 14px; }
.done { padding: 10px 14px; border-radius: 8px; background: var(--good); }
table { width: 100%; border-collapse: collapse; background: var(--panel); border: 1px solid var(--line); }
td, th { padding: 10px 14px; border-bottom: 1px solid var(--line); text-align: start; }
th { color: var(--quiet); font-weight: 500; }
main button { padding: 8px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); color: inherit; font: inherit; }
/* What a careless page does to its buttons and links must not reach the card. */
button, a, p, aside { letter-spacing: 3px !important; text-transform: uppercase; }
header *, main * { letter-spacing: normal !important; text-transform: none; }
`;
