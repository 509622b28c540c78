import { randomUUID } from 'node:crypto';

/** How many different customers send, and how many people they have: a mid-sized product. */
const ACCOUNTS = 500;
const PEOPLE_PER_ACCOUNT = 10;

const NAMES = [
  'Workflow Completed',
  'Report Shared',
  'Report Opened',
  'Dashboard Viewed',
  'Filter Applied',
  'Export Started',
  'Comment Added',
  'File Uploaded',
  'Search Done',
  'Invite Sent',
  'Settings Changed',
  'Session Started',
] as const;

export type Sent = {
  readonly messageId: string;
  readonly at: number;
  readonly name: string;
  readonly account: string;
  readonly user: string;
  readonly properties: string;
  /** The message as Segment's clients send it, about 600 bytes. */
  readonly text: string;
};

/** An event of the everyday mix: tracks, some pages, a few people and accounts. Busy accounts send more than quiet ones. */
export function anEvent(): Sent {
  const accountNumber = Math.floor(ACCOUNTS * Math.random() ** 2);
  const account = `account-${accountNumber}`;
  const user = `user-${accountNumber}-${Math.floor(Math.random() * PEOPLE_PER_ACCOUNT)}`;
  const dice = Math.random();
  if (dice < 0.03) return message('identify', account, user, 'Person Updated', traitsOf(user));
  if (dice < 0.05) return message('group', account, user, 'Account Updated', accountTraits(accountNumber));
  if (dice < 0.13) return message('page', account, user, 'Page Viewed', properties());
  return message(
    'track',
    account,
    user,
    NAMES[Math.floor(Math.random() * NAMES.length)] ?? NAMES[0],
    properties(),
  );
}

/** Everybody once, as a product that has been connected for a while has said already. */
export function everybody(): Sent[] {
  return Array.from({ length: ACCOUNTS }, (_, n) => n).flatMap((n) =>
    Array.from({ length: PEOPLE_PER_ACCOUNT }, (_, p) => `user-${n}-${p}`).flatMap((user, p) => [
      message('identify', `account-${n}`, user, 'Person Updated', traitsOf(user)),
      ...(p === 0 ? [message('group', `account-${n}`, user, 'Account Updated', accountTraits(n))] : []),
    ]),
  );
}

const properties = () => ({
  plan: 'team',
  section: 'reporting',
  duration_ms: Math.floor(Math.random() * 5000),
  items: Math.floor(Math.random() * 40),
  source: 'toolbar',
  successful: true,
});

const traitsOf = (user: string) => ({
  email: `${user}@customer.example`,
  name: 'Ada Lovelace',
  role: 'analyst',
});

const accountTraits = (n: number) => ({
  name: `Customer ${n}`,
  created_at: '2026-01-10T09:00:00Z',
  csm_email: `csm-${n % 20}@vendor.example`,
  plan: 'team',
  seats: 40 + (n % 5),
});

function message(type: string, account: string, user: string, name: string, said: object): Sent {
  const messageId = randomUUID();
  const at = Date.now();
  const timestamp = new Date(at).toISOString();
  const content =
    type === 'track'
      ? { event: name, properties: said }
      : type === 'page'
        ? { name: 'Reports', properties: said }
        : { traits: said };
  const text = JSON.stringify({
    type,
    messageId,
    timestamp,
    userId: user,
    ...content,
    ...(type === 'group' ? { groupId: account } : {}),
    context: {
      groupId: account,
      ip: '203.0.113.7',
      locale: 'en-GB',
      timezone: 'Europe/Berlin',
      library: { name: '@segment/analytics-node', version: '3.1.0' },
      page: { path: '/reports/42', title: 'Reports', url: 'https://app.vendor.example/reports/42' },
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    },
    integrations: {},
  });
  return { messageId, at, name, account, user, properties: JSON.stringify(said), text };
}
