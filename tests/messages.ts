import type { Instant } from '../src/engine/time.ts';
import { START } from './builders.ts';

type More = {
  readonly at?: Instant;
  /** The account it names; absent: the one its person is in. */
  readonly account?: string;
  /** Its message id; absent: a new one. */
  readonly id?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
};

let made = 0;

function common({ at = START, account, id }: More) {
  made += 1;
  return {
    messageId: id ?? `message-${made}`,
    timestamp: new Date(at).toISOString(),
    ...(account === undefined ? {} : { context: { groupId: account } }),
  };
}

/** A deed of a user, as Segment says it. */
export const track = (userId: string, event: string, { properties = {}, ...more }: More = {}) => ({
  type: 'track',
  userId,
  event,
  properties,
  ...common(more),
});

/** A deed of a browser nobody has signed in to. */
export const trackAnonymous = (
  anonymousId: string,
  event: string,
  { properties = {}, ...more }: More = {},
) => ({
  type: 'track',
  anonymousId,
  event,
  properties,
  ...common(more),
});

export const identify = (
  userId: string,
  traits: object = {},
  more: More & { readonly anonymousId?: string } = {},
) => ({
  type: 'identify',
  userId,
  traits,
  ...(more.anonymousId === undefined ? {} : { anonymousId: more.anonymousId }),
  ...common(more),
});

/** The user is in the account, which has these traits. */
export const group = (userId: string, groupId: string, traits: object = {}, more: More = {}) => ({
  type: 'group',
  userId,
  groupId,
  traits,
  ...common(more),
});

/** What a system says about an account, with nobody behind it. */
export const accountEvent = (groupId: string, event: string, { properties = {}, ...more }: More = {}) => ({
  type: 'track',
  event,
  properties,
  ...common({ ...more, account: groupId }),
});

export const scored = (userId: string, score: number, { properties = {}, ...more }: More = {}) =>
  track(userId, 'NPS Answered', { ...more, properties: { score, ...properties } });

/** Somebody with an address in an account. */
export const joined = (userId: string, account: string, at: Instant = START, traits: object = {}) => [
  identify(
    userId,
    { email: `${userId}@customer.example`, name: `${userId[0]?.toUpperCase()}${userId.slice(1)} Grace` },
    { at },
  ),
  group(userId, account, traits, { at }),
];
