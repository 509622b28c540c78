import { type Fields, isFields } from './json.ts';
import { refuse } from './message-fault.ts';
import { shown } from './rejection.ts';
import type { ReportedEvent } from './reported.ts';

/** Who sent a request, as far as its keys and tokens prove it. */
export type Sender = {
  /** `server`: a write key. `user`: a publishable key with a token. `public`: the publishable key alone. */
  readonly trust: ReportedEvent['trust'];
  /** The user whom the request's own token names. */
  readonly userId?: string;
  /** The user whom a token inside an event names, when that token is good. */
  readonly userOf?: (token: string) => string | undefined;
};

/** Said only by a server: scores, billing, CRM, support, referrals and asks. */
const SERVER_NAMES = new Set([
  'NPS Answered',
  'CSAT Answered',
  'Kind Words',
  'Business Review Held',
  'Ticket Opened',
  'Ticket Solved',
  'Payment Failed',
  'Payment Recovered',
  'Cancellation Scheduled',
  'Account Deleted',
  ...named('Referral', ['Submitted', 'Qualified', 'Meeting Held', 'Opportunity', 'Won', 'Lost', 'Churned']),
  ...askNames(),
]);

/** Account traits that billing and CRM know; a browser that sends them is not believed. */
const SERVER_TRAITS = new Set([
  'plan',
  'seats',
  'acv',
  'created_at',
  'csm_name',
  'csm_email',
  'renewal_at',
  'segment',
]);

type Claim = Pick<ReportedEvent, 'name' | 'properties'> & { readonly userId?: string | undefined };
type Standing = Pick<ReportedEvent, 'trust' | 'properties' | 'flags'> & { readonly userId?: string };

/**
 * How far an event is believed. An event with a user's token counts for that user alone: one about somebody
 * else is refused, and one that only a server may say is stored without counting.
 */
export function standing(
  sender: Sender,
  token: string | undefined,
  { name, properties, userId }: Claim,
): Standing {
  const named = userId === undefined ? {} : { userId };
  if (sender.trust === 'server') return { trust: 'server', properties, flags: [], ...named };
  const user = (token === undefined ? undefined : sender.userOf?.(token)) ?? sender.userId;
  if (user === undefined)
    return { trust: 'public', properties, flags: token === undefined ? [] : ['token_refused'], ...named };
  if (userId !== undefined && userId !== user) {
    refuse(`userId: got ${shown(userId)}, expected the user whom the token names`);
  }
  if (SERVER_NAMES.has(name))
    return { trust: 'public', properties, flags: ['needs_write_key'], userId: user };
  if (name !== 'Account Updated') return { trust: 'user', properties, flags: [], userId: user };
  const kept = Object.entries(properties).filter(([key]) => !SERVER_TRAITS.has(snakeCase(key)));
  const flags = kept.length < Object.keys(properties).length ? ['server_traits_dropped'] : [];
  return { trust: 'user', properties: Object.fromEntries(kept), flags, userId: user };
}

const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function askNames(): readonly string[] {
  return named('Ask', ['Scheduled', 'Shown', 'Sent', 'Accepted', 'Declined', 'Closed', 'Snoozed', 'Ignored']);
}

function named(subject: string, deeds: readonly string[]): readonly string[] {
  return deeds.map((deed) => `${subject} ${deed}`);
}

/** Where browser SDKs carry the user's token: `context.goodturn_token`, `properties.$goodturn_token`. */
export function tokenOf(message: Fields, defaults: Fields = {}): string | undefined {
  for (const [part, key] of TOKEN_PLACES) {
    const holder = message[part] ?? defaults[part];
    const token = isFields(holder) ? holder[key] : undefined;
    if (typeof token === 'string' && token !== '') return token;
  }
  return undefined;
}

const TOKEN_PLACES = [
  ['context', 'goodturn_token'],
  ['properties', '$goodturn_token'],
  ['traits', '$goodturn_token'],
] as const;
