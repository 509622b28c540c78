import { isWebUrl } from '../delivery/address.ts';
import type { AdvocatePage } from '../use-cases/read-advocate-page.ts';
import type { Form } from './form.ts';
import { type Html, html, type Piece } from './html.ts';
import { notice, type Page } from './page.ts';
import { day, mailto, stageInWords } from './words.ts';

export type Said = {
  readonly done?: string | undefined;
  readonly problem?: string | undefined;
  readonly status?: number;
  /** What was typed before it was refused. */
  readonly typed?: Form;
};

/** An advocate's page: whom to think of, words to forward, a way to introduce somebody, and how that went. */
export function advocatePage(page: AdvocatePage, { done, problem, status = 200, typed }: Said): Page {
  const title = `Introduce somebody to ${page.productName}`;
  const body = html`
<h1>${page.firstName === null ? 'Does somebody come to mind?' : html`${page.firstName}, does somebody come to mind?`}</h1>
${notice(done)}
${notice(problem, 'problem')}
${whom(page)}
${introduction(page)}
${introduce(page, typed)}
${earlier(page)}
${consent(page)}
${ratherNot(page)}`;
  return { title, body, status };
}

function whom({
  productName,
  program: { ideal_customer: ideal, offer, terms_url: terms },
}: AdvocatePage): Piece {
  const who = [ideal.role, ideal.size === null ? null : `at ${ideal.size}`]
    .filter((part) => part !== null)
    .join(' ');
  return html`
<p>${who === '' ? `Somebody who would get as much out of ${productName} as you do.` : html`Think of ${who}${ideal.pain !== null && html`, who deals with ${ideal.pain}`}.`}</p>
${offer !== null && html`<p>${offer}</p>`}
${terms !== null && html`<p class="small"><a href="${webUrl(terms)}" rel="noreferrer">The terms</a></p>`}`;
}

function introduction({ link, productName, program: { intro, assets } }: AdvocatePage): Html {
  const text = intro ?? `I think ${productName} could be useful to you. Have a look: ${link}`;
  return html`
<h2>Words to forward</h2>
<label for="intro">Change them as you like</label>
<textarea id="intro" rows="9">
${text}</textarea>
<p class="buttons">
<button type="button" class="quiet" data-copy="intro" hidden>Copy the words</button>
<a class="button quiet" href="${mailto(null, `Have a look at ${productName}`, text)}" data-mail-text="intro">Open in your mail program</a>
</p>
<label for="link">Your link</label>
<input id="link" value="${link}" readonly>
<p class="buttons"><button type="button" class="quiet" data-copy="link" hidden>Copy the link</button></p>
${assets.length > 0 && html`<ul>${assets.map(({ label, url }) => html`<li><a href="${webUrl(url)}" rel="noreferrer">${label}</a></li>`)}</ul>`}`;
}

const introduce = (
  { productName, program: { next_steps: next } }: AdvocatePage,
  typed: Form | undefined,
): Html => html`
<h2>Or tell us whom to write to</h2>
<form method="post">
<label for="name">Their name</label>
<input id="name" name="name" value="${typed?.get('name')}" maxlength="80" autocomplete="off" required>
<label for="email">Their work email</label>
<input id="email" name="email" type="email" value="${typed?.get('email')}" maxlength="254" autocomplete="off" required>
<label for="company">Their company</label>
<input id="company" name="company" value="${typed?.get('company')}" maxlength="80" autocomplete="off" required>
<label for="note">Anything that helps us (optional)</label>
<textarea id="note" name="note" rows="3" maxlength="1000">
${typed?.get('note')}</textarea>
<p class="buttons"><button name="action" value="introduce">Introduce them</button></p>
<p class="small">${next ?? `Somebody at ${productName} writes to them once, and tells you how it went.`}</p>
</form>`;

const earlier = ({ referrals }: AdvocatePage): Piece =>
  referrals.length > 0 &&
  html`
<h2>People you introduced</h2>
<ul>
${referrals.map(
  ({ name, companyName, stage, createdAt }) => html`
<li><strong>${[name, companyName].filter((part) => part !== undefined).join(', ') || 'Somebody'}</strong><br>
${stageInWords(stage)}. <span class="small">Introduced on ${day(createdAt)}</span></li>`,
)}
</ul>`;

const consent = ({ named }: AdvocatePage): Html => html`
<h2>Your name</h2>
<p>${named ? 'Who follows your link is told that it came from you.' : 'Who follows your link is not told whose it is.'}</p>
<form method="post">
<p class="buttons"><button name="action" value="${named ? 'unnamed' : 'named'}" class="quiet">${named ? 'Leave my name out' : 'You may tell them my name'}</button></p>
</form>`;

const ratherNot = ({ quiet, productName }: AdvocatePage): Html => html`
<h2>Rather not?</h2>
${
  quiet
    ? html`<p>You will not be asked again. Your link goes on working, should somebody come to mind.</p>`
    : html`<p>That is fine, and you need not say why.</p>
<form method="post">
<p class="buttons"><button name="action" value="rather_not" class="quiet">Please do not ask me again</button></p>
<p class="small">${productName} stops asking you. News of people you introduced still comes.</p>
</form>`
}`;

// What the growth team wrote is trusted to be a link, not to be a script.
const webUrl = (url: string): string => (isWebUrl(url) ? url : '#');
