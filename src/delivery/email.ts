import { createHash } from 'node:crypto';
import type { Keys } from '../keys.ts';
import { domainOf, isWebUrl, oneLine, parseAddress, safeName } from './address.ts';
import { htmlNote, insertHtml } from './html-part.ts';
import type { Message } from './mailer.ts';

export type RenderedMail = { readonly subject: string; readonly text: string; readonly html: string };

export type Correspondent = { readonly name: string | null; readonly address: string };

export type EmailParts = {
  /** Of the ask (signed for `askIdIn`) or the notice, the same on every try: the Message-ID is made from it. */
  readonly id: string;
  /** `ask` and `thanks` go to customers and can be unsubscribed; `owner` goes to the team. */
  readonly purpose: 'ask' | 'thanks' | 'owner';
  readonly to: Correspondent;
  /** In whose name a customer is written to. */
  readonly owner?: Correspondent;
  readonly rendered: RenderedMail;
  /** Signed, and needed for `ask` and `thanks`. */
  readonly unsubscribeUrl?: string;
};

/** The settings of the service that shape its mail. */
export type EmailConfig = {
  readonly MAIL_FROM: string;
  readonly MODE: 'rehearsal' | 'live';
  readonly REHEARSAL_TO: string;
  readonly PRODUCT_NAME: string;
};

/**
 * Makes the one message of an ask, a thanks or a notice to an owner, ready for the mailer. In rehearsal it
 * goes to REHEARSAL_TO and says to whom it would have gone. A fault means that it must not be sent at all.
 */
export function composeEmail(
  parts: EmailParts,
  config: EmailConfig,
): { message: Message } | { fault: string } {
  const to = readCorrespondent(parts.to);
  if ('fault' in to) return { fault: `to: ${to.fault}` };
  const owner = parts.owner === undefined ? undefined : readCorrespondent(parts.owner);
  if (owner !== undefined && 'fault' in owner) return { fault: `reply-to: ${owner.fault}` };
  const toCustomer = parts.purpose !== 'owner';
  if (toCustomer && !isWebUrl(parts.unsubscribeUrl ?? ''))
    return { fault: `${parts.purpose} needs an unsubscribe URL` };

  const subject = subjectLine(parts.rendered.subject);
  if (subject === '') return { fault: 'the subject is empty' };
  const mail = toCustomer
    ? withFooter({ ...parts.rendered, subject }, parts.unsubscribeUrl ?? '', config)
    : { ...parts.rendered, subject };
  const sent = config.MODE === 'live' ? mail : rehearsed(mail, to, toCustomer);
  return {
    message: {
      messageId: messageId(parts.id, config.MAIL_FROM),
      from: { name: senderName(parts.purpose, owner?.name, config), address: config.MAIL_FROM },
      to: config.MODE === 'live' ? to : { name: '', address: config.REHEARSAL_TO },
      ...(toCustomer && owner ? { replyTo: owner } : {}),
      ...sent,
      headers: toCustomer
        ? listHeaders(parts.unsubscribeUrl ?? '', config.MAIL_FROM)
        : { 'Auto-Submitted': 'auto-generated' },
    },
  };
}

/** The same for every try of one mail, so that a receiver can tell a second copy. */
export function messageId(id: string, mailFrom: string): string {
  const local = /^[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_-]{1,64})?$/.test(id)
    ? id
    : createHash('sha256').update(id).digest('hex').slice(0, 40);
  return `<${local}@${domainOf(mailFrom)}>`;
}

/** The id of the ask a mail was about, from the Message-ID of the mail; undefined when we did not make it. */
export function askIdIn(keys: Pick<Keys, 'open'>, messageId: string): string | undefined {
  const [, local] = /^\s*<([^<>@\s]{1,200})@[^<>@\s]+>\s*$/.exec(messageId) ?? [];
  return local === undefined ? undefined : keys.open('mail', local);
}

/** One line of at most 200 characters, whatever was written into it. */
export const subjectLine = (subject: string) => [...oneLine(subject)].slice(0, 200).join('');

function readCorrespondent({ name, address }: Correspondent) {
  const parsed = parseAddress(address);
  return 'fault' in parsed ? parsed : { name: safeName(name ?? ''), address: parsed.address };
}

// The address stays MAIL_FROM, which our DKIM and SPF speak for; the owner is in the name and in Reply-To.
function senderName(purpose: EmailParts['purpose'], owner: string | undefined, config: EmailConfig): string {
  if (purpose === 'owner') return 'Goodturn';
  return owner || safeName(config.PRODUCT_NAME);
}

function listHeaders(unsubscribeUrl: string, mailFrom: string) {
  return {
    'List-Id': `<goodturn-asks.${domainOf(mailFrom)}>`,
    'List-Unsubscribe': `<${unsubscribeUrl}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}

// A template that has its own unsubscribe line needs no second one.
function withFooter(mail: RenderedMail, url: string, { PRODUCT_NAME }: EmailConfig): RenderedMail {
  const why = `You get this because you use ${oneLine(PRODUCT_NAME)}.`;
  const footer = `${why} If you would rather not be written to like this: ${url}`;
  return {
    subject: mail.subject,
    text: mail.text.includes(url) ? mail.text : `${mail.text.trimEnd()}\n\n-- \n${footer}\n`,
    html: mail.html.includes(url) ? mail.html : insertHtml(mail.html, htmlNote(footer, [url]), 'bottom'),
  };
}

function rehearsed(
  mail: RenderedMail,
  to: { name: string; address: string },
  toCustomer: boolean,
): RenderedMail {
  const whom = to.name === '' ? to.address : `${to.name} <${to.address}>`;
  const note = `Rehearsal. With MODE=live this would have gone to ${whom}; it went to nobody but you.${
    toCustomer ? ' The unsubscribe link is a working one, and theirs.' : ''
  }`;
  return {
    subject: subjectLine(`[Rehearsal] ${mail.subject}`),
    text: `${note}\n\n${mail.text}`,
    html: insertHtml(mail.html, htmlNote(note), 'top'),
  };
}
