import type { Instant } from '../engine/time.ts';
import type { Stage } from '../referrals/stage.ts';
import { type Html, html } from './html.ts';

const DAY_FORMAT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const TIME_FORMAT = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

export const day = (at: Instant): Html => html`<time datetime="${iso(at)}">${DAY_FORMAT.format(at)}</time>`;

export const dayAndTime = (at: Instant): Html =>
  html`<time datetime="${iso(at)}">${TIME_FORMAT.format(at)} UTC</time>`;

const iso = (at: Instant) => new Date(at).toISOString();

/** How an introduction stands, said to the advocate. */
export function stageInWords(stage: Stage): string {
  switch (stage) {
    case 'clicked':
      return 'They had a look';
    case 'submitted':
      return 'We have your introduction';
    case 'qualified':
      return 'It looks like a good fit, and we are talking';
    case 'meeting':
      return 'We have met';
    case 'opportunity':
      return 'They are thinking it over';
    case 'won':
      return 'They became a customer';
    case 'lost':
      return 'It did not work out this time';
    case 'churned':
      return 'They were a customer for a while';
    default:
      return stage satisfies never;
  }
}

/** A `mailto:` link with everything filled in; without an address the reader chooses whom it goes to. */
export function mailto(address: string | null, subject: string, text: string): string {
  const to = address === null ? '' : encodeURIComponent(address).replaceAll('%40', '@');
  const body = text.replace(/\r?\n/g, '\r\n');
  return `mailto:${to}?subject=${encode(subject)}&body=${encode(body)}`;
}

// A lone surrogate in somebody's name must not cost the page.
const encode = (text: string) => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
