import { type RequestHandler, Router } from 'express';
import type { Deps } from '../deps.ts';
import { readMails } from '../use-cases/read-mails.ts';
import { type Html, html, type Piece } from './html.ts';
import { type Page, sendPage } from './page.ts';
import { dayAndTime } from './words.ts';

type Mail = Awaited<ReturnType<typeof readMails>>[number];

/** Every mail with its text, for operators: what was sent, and what would have been. */
export function mailRoutes(deps: Deps, base: string): Router {
  const router = Router();
  router.get('/mail', operatorsOnly(deps), async (_req, res) => {
    sendPage(res, base, mailPage(await readMails(deps), deps.config));
  });
  return router;
}

/** Any name, and the secret key as the password. */
function operatorsOnly({ keys }: Pick<Deps, 'keys'>): RequestHandler {
  return (req, res, next) => {
    const [scheme = '', credentials = ''] = (req.get('authorization') ?? '').split(' ');
    const password = Buffer.from(credentials, 'base64')
      .toString()
      .replace(/^[^:]*:/, '');
    if (scheme.toLowerCase() === 'basic' && keys.kindOf(password) === 'secret') return next();
    res.status(401).set('WWW-Authenticate', 'Basic realm="Goodturn", charset="UTF-8"').type('text');
    res.send('Any name, and the secret key (sk_…) as the password.\n');
  };
}

function mailPage(mails: readonly Mail[], { SMTP_URL, MODE, REHEARSAL_TO, BASE_URL }: Deps['config']): Page {
  const body = html`
<h1>Mail</h1>
<p>${SMTP_URL === undefined ? 'No SMTP server is set, so mails are kept here and not sent.' : 'Mails are sent through the SMTP server that is set.'}
${MODE === 'rehearsal' ? `This is a rehearsal: every mail goes to ${REHEARSAL_TO}, not to whom it is for.` : 'Mails go to the people they are for.'}</p>
${mails.length === 0 ? html`<p>None yet.</p>` : mails.map((mail) => oneMail(mail, BASE_URL))}`;
  return { title: 'Mail', body };
}

const oneMail = (
  { message, status, statusReason, meantFor, createdAt, purpose }: Mail,
  baseUrl: string,
): Html => html`
<article>
<h2>${message.subject}</h2>
<p class="small">For ${meantFor}${message.to.address !== meantFor && html`, addressed to ${message.to.address}`} · ${PURPOSES[purpose]} · ${STATUSES[status]}${statusReason !== undefined && html` (${statusReason})`} · ${dayAndTime(createdAt)}</p>
<pre>${withLinks(message.text, baseUrl)}</pre>
</article>`;

const PURPOSES: Readonly<Record<Mail['purpose'], string>> = {
  ask: 'to a customer',
  draft: 'to the owner of an account',
  reminder: 'a reminder to the owner',
  follow_up: 'a question to the owner',
  digest: 'the drafts that wait, to their owner',
  alert: 'to operators',
};

const STATUSES: Readonly<Record<Mail['status'], string>> = {
  due: 'waiting',
  sending: 'being sent',
  sent: 'sent',
  kept: 'kept, not sent',
  failed: 'failed',
  unknown: 'may or may not have arrived',
  cancelled: 'taken back',
};

/** Our own links can be followed; what else a mail says stays text. */
function withLinks(text: string, baseUrl: string): Piece {
  return text
    .split(/(https?:\/\/[^\s<>"'()]+)/)
    .map((part) => (part.startsWith(`${baseUrl}/`) ? html`<a href="${part}">${part}</a>` : part));
}
