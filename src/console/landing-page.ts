import { isWebUrl } from '../delivery/address.ts';
import type { LandingPage } from '../use-cases/read-landing-page.ts';
import type { Form } from './form.ts';
import { type Html, html, type Piece } from './html.ts';
import { notice, type Page } from './page.ts';

export type Said = {
  readonly done: boolean;
  readonly problem?: string;
  readonly typed?: Form;
  readonly status?: number;
};

/** What somebody sees who follows an advocate's link. */
export function landingPage(page: LandingPage, { done, problem, typed, status = 200 }: Said): Page {
  const body = html`
<h1>${done ? 'Thank you' : html`Talk to us about ${page.productName}`}</h1>
${notice(problem, 'problem')}
${done ? thanks(page) : invitation(page, typed)}`;
  return { title: page.productName, body, status };
}

const thanks = ({ bookingUrl }: LandingPage): Html => html`
<p role="status">Somebody will write to you soon, once.</p>
${bookingUrl !== null && isWebUrl(bookingUrl) && html`<p><a class="button" href="${bookingUrl}" rel="noreferrer">Choose a time</a></p>`}`;

const invitation = (page: LandingPage, typed: Form | undefined): Html => html`
<p>${referrer(page)}</p>
${page.pain !== null && html`<p>It is for people who deal with ${page.pain}.</p>`}
<form method="post">
<label for="email">Your work email</label>
<input id="email" name="email" type="email" value="${typed?.get('email')}" maxlength="254" autocomplete="email" required>
<label for="company">Your company</label>
<input id="company" name="company" value="${typed?.get('company')}" maxlength="80" autocomplete="organization" required>
<label for="name">Your name (optional)</label>
<input id="name" name="name" value="${typed?.get('name')}" maxlength="80" autocomplete="name">
<label for="role">What you do there (optional)</label>
<input id="role" name="role" value="${typed?.get('role')}" maxlength="80" autocomplete="organization-title">
<label for="note">What you would like to know (optional)</label>
<textarea id="note" name="note" rows="4" maxlength="1000">
${typed?.get('note')}</textarea>
<div class="away" aria-hidden="true">
<label for="website">Leave this empty</label>
<input id="website" name="website" tabindex="-1" autocomplete="off">
</div>
<p class="buttons"><button>Get in touch</button></p>
<p class="small">We write to you about this and nothing else. Who sent you here learns how it goes.</p>
${page.termsUrl !== null && isWebUrl(page.termsUrl) && html`<p class="small"><a href="${page.termsUrl}" rel="noreferrer">The terms</a></p>`}
</form>`;

function referrer({ referrer: from, productName }: LandingPage): Piece {
  if (from === null) return `Somebody who uses ${productName} thought of you.`;
  return html`${from.name}${from.account !== null && html` at ${from.account}`} uses ${productName} and thought of you.`;
}
