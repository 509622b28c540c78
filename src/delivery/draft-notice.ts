import type { TemplateContext } from '../catalog/template-context.ts';
import type { Instant } from '../engine/time.ts';
import { oneLine } from './address.ts';
import { dayAndTimeIn, dayIn } from './dates.ts';
import type { RenderedMail } from './email.ts';
import { eventInWords, newsInWords } from './event-in-words.ts';
import { htmlFromText } from './html-part.ts';

/** If nobody acts on a draft until then, an email goes out in its owner's name, at the first hour that suits. */
export type GoesInstead = { readonly until: Instant; readonly at: Instant };

export type DraftNotice = {
  readonly kind: 'ask' | 'thanks';
  /** What the draft was rendered with: it has the person, the evidence and the opening event. */
  readonly context: TemplateContext;
  readonly draft: { readonly subject: string; readonly text: string };
  /** The signed link to the draft's page. */
  readonly link: string;
  /** When each signal's evidence dates from, where that is known. */
  readonly datedAt?: Readonly<Record<string, Instant>>;
  readonly instead?: GoesInstead;
  readonly expiresAt?: Instant;
  /** Of the owner: an IANA name. */
  readonly zone: string;
};

/** The mail that tells an owner whom to ask (or thank), why now, and in which words, like a colleague's tip. */
export function draftNotice(notice: DraftNotice): RenderedMail {
  const { context, kind } = notice;
  const person = personIn(context);
  const subject =
    kind === 'thanks'
      ? `Worth thanking ${person} in person${newsOf(context, ': ')}`
      : `${person}${atAccount(context)}: a good moment to ask for an introduction`;
  return mail(
    subject,
    [greeting(context), opener(notice), whyNow(notice), ...draftItself(notice), ending(notice)],
    notice,
  );
}

/** Said once, before the draft goes stale. */
export function draftReminder(notice: DraftNotice): RenderedMail {
  const { context, kind, expiresAt, instead } = notice;
  const person = personIn(context);
  const verb = kind === 'thanks' ? 'thank' : 'ask';
  const until = expiresAt === undefined ? '' : ` until ${dayAndTimeIn(notice.zone, expiresAt)}`;
  const after =
    instead === undefined ? 'After that it goes, and nothing else happens.' : emailInstead(notice, instead);
  const opening = `The draft to ${verb} ${person}${atAccount(context)} is still waiting${until}. ${after}`;
  return mail(
    `Still waiting: the draft to ${verb} ${person}`,
    [greeting(context), opening, whyNow(notice), `Send it, change it or say "not this one":\n${notice.link}`],
    notice,
  );
}

function mail(subject: string, paragraphs: readonly string[], { link }: DraftNotice): RenderedMail {
  const text = `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
  return { subject: capital(oneLine(subject)), text, html: htmlFromText(text, [link]) };
}

const greeting = ({ owner }: TemplateContext) =>
  owner.first_name === null ? 'Hello,' : `Hi ${owner.first_name},`;

const personIn = ({ person }: TemplateContext) => person.name ?? person.email ?? 'someone there';

const atAccount = ({ account }: TemplateContext) => {
  const name = account.name ?? account.domain;
  return name === null ? '' : ` at ${name}`;
};

const peer = ({ referral }: TemplateContext) => referral.company ?? referral.name;

const newsIn = ({ event }: TemplateContext) => newsInWords(event.name);

function newsOf(context: TemplateContext, before: string): string {
  const company = peer(context);
  return company === null ? '' : `${before}${company} ${newsIn(context)}`;
}

function opener({ kind, context }: DraftNotice): string {
  const person = `${personIn(context)}${atAccount(context)}`;
  if (kind === 'thanks') {
    const company = peer(context) ?? 'a company';
    return capital(
      `${person} introduced us to ${company}, and it ${newsIn(context)}. They will hear it from us; from you it would mean more.`,
    );
  }
  return capital(
    `${person} looks ready to vouch for ${context.product.name}. Asked by you it is a favour between people; asked by a form it is not.`,
  );
}

function whyNow({ kind, context, datedAt = {}, zone }: DraftNotice): string {
  const dated = (says: string, at: Instant | undefined) =>
    at === undefined ? says : `${says} (${dayIn(zone, at)})`;
  const lines = [
    openingInWords(context, zone),
    ...context.signals.filter(({ says }) => says !== '').map(({ name, says }) => dated(says, datedAt[name])),
  ].filter((line) => line !== '');
  if (lines.length === 0) return '';
  return `${kind === 'thanks' ? 'What happened' : 'Why now'}\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

/** The event that opened the ask, in words: what it was, when, and what was said. */
function openingInWords(context: TemplateContext, zone: string): string {
  const { event } = context;
  if (event.name === null || event.occurred_at === null) return '';
  const on = `on ${dayIn(zone, event.occurred_at)}`;
  const said = quote(event.properties['comment'] ?? event.properties['text'] ?? null);
  const told = { name: event.name, properties: event.properties, company: peer(context) };
  const news = event.name.startsWith('Referral ');
  return `${eventInWords(told)} ${on}${news ? '' : said}`;
}

function draftItself({ draft, context, kind }: DraftNotice): string[] {
  const to = context.person.email === null ? '' : `, for ${context.person.email}`;
  const quoted = [`Subject: ${oneLine(draft.subject)}`, '', ...draft.text.trim().split('\n')].map((line) =>
    `> ${line}`.trimEnd(),
  );
  return [
    `${kind === 'thanks' ? 'A few words to start from' : 'A draft to start from'}${to}:`,
    quoted.join('\n'),
  ];
}

function ending(notice: DraftNotice): string {
  const { link, instead, expiresAt, zone } = notice;
  const act = `Change it, send it from your own mailbox, or say "not this one":\n${link}`;
  if (instead !== undefined) return `${act}\n\n${emailInstead(notice, instead)}`;
  return expiresAt === undefined ? act : `${act}\n\nIt waits until ${dayAndTimeIn(zone, expiresAt)}.`;
}

function emailInstead({ context, zone }: DraftNotice, { until, at }: GoesInstead): string {
  const by = until < at ? ` until ${dayAndTimeIn(zone, until)}` : '';
  return `If you do nothing${by}, an email goes to ${context.person.first_name ?? 'them'} in your name on ${dayAndTimeIn(zone, at)}.`;
}

function quote(value: unknown): string {
  if (typeof value !== 'string' || oneLine(value) === '') return '';
  const letters = [...oneLine(value)];
  return `: “${letters.length > 280 ? `${letters.slice(0, 279).join('')}…` : letters.join('')}”`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
