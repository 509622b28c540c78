import type { Deps } from '../deps.ts';
import { html } from './html.ts';
import type { Page } from './page.ts';

/** What somebody sees who opens the service itself: what it is, how it stands, where to look. No secrets. */
export function homePage(deps: Pick<Deps, 'config' | 'catalog' | 'db'>, base: string): Page {
  const { MODE, SMTP_URL } = deps.config;
  const { version, catalog } = deps.catalog();
  const live = catalog.triggers.filter(({ status }) => status === 'live').length;
  const body = html`
<h1>Goodturn is running</h1>
<p>It knows which customers are ready to vouch for a product, asks them at the right moment, and thanks them when a referral converts.</p>
<dl>
<dt>Mode</dt><dd>${MODE === 'live' ? 'Live: people are asked.' : 'Rehearsal: nobody outside the team is written to.'}</dd>
<dt>Mail</dt><dd>${SMTP_URL === undefined ? 'Kept and shown, not sent.' : 'Sent through an SMTP server.'}</dd>
<dt>Catalog</dt><dd>Version ${version}, with ${live} live ${live === 1 ? 'trigger' : 'triggers'}.</dd>
<dt>Storage</dt><dd>${deps.db.kind === 'pglite' ? 'PGlite, in this process.' : 'PostgreSQL.'} ${deps.db.durability.note}</dd>
</dl>
<h2>Where to look</h2>
<ul>
<li><a href="${base}/mail">Mail</a>: what was sent, and what would have been. Any name, and the secret key as the password.</li>
<li><a href="${base}/readyz">Readiness of the service</a></li>
</ul>
<p>Product events go to <code>POST /v1/batch</code>, in the form that Segment’s clients send.</p>`;
  return { title: 'Goodturn', body };
}
