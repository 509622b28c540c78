import type { Instant } from '../engine/time.ts';
import { oneLine } from './address.ts';
import { dayAndTimeIn, dayIn } from './dates.ts';
import type { RenderedMail } from './email.ts';
import { htmlFromText } from './html-part.ts';

export type FollowUp = {
  readonly owner: string | null;
  readonly person: string;
  readonly account: string;
  readonly sentAt: Instant;
  /** By mail in the owner's name, rather than by the owner. */
  readonly wasEmailed: boolean;
  /** The signed link to the draft's page, where the answer is noted. */
  readonly link: string;
  readonly zone: string;
};

/** The one question after an ask: what did they say? */
export function followUp({ owner, person, account, sentAt, wasEmailed, link, zone }: FollowUp): RenderedMail {
  const asked = wasEmailed ? 'an email in your name asked' : 'you asked';
  const text = `${owner === null ? 'Hello' : `Hi ${owner}`},

On ${dayIn(zone, sentAt)} ${asked} ${person} at ${account} for an introduction. What did they say?

Yes, no, introduced somebody, or nothing yet: one click is enough.
${link}

Whoever said no is left in peace, and whoever introduced somebody hears how it goes. This is asked once.
`;
  return { subject: oneLine(`What did ${person} say?`), text, html: htmlFromText(text, [link]) };
}

export type Digest = {
  readonly owner: string | null;
  readonly zone: string;
  readonly drafts: readonly {
    readonly person: string;
    readonly account: string;
    readonly kind: 'ask' | 'thanks';
    readonly expiresAt?: Instant;
    readonly link: string;
  }[];
};

/** The drafts that wait for an owner in the morning, the readiest first. */
export function digest({ owner, zone, drafts }: Digest): RenderedMail {
  const lines = drafts.map(({ person, account, kind, expiresAt, link }) => {
    const until = expiresAt === undefined ? '' : `, until ${dayAndTimeIn(zone, expiresAt)}`;
    return `- ${kind === 'thanks' ? 'Thank' : 'Ask'} ${person} at ${account}${until}:\n  ${link}`;
  });
  const text = `${owner === null ? 'Hello' : `Hi ${owner}`},

${drafts.length} drafts wait for you:

${lines.join('\n')}

Each takes a minute: send it, change it, put it aside or say "not this one".
`;
  return {
    subject: `${drafts.length} drafts wait for you`,
    text,
    html: htmlFromText(
      text,
      drafts.map(({ link }) => link),
    ),
  };
}
