import { randomUUID } from 'node:crypto';

/** Names that no signal of the shipped catalog looks at. */
export const FEATURES = [
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
const NAMES = ['Workflow Completed', 'Report Shared', ...FEATURES] as const;

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

export type Traffic = {
  /** Everybody, and what their accounts had done by three weeks ago: a product that has been connected for a while. */
  readonly everybody: () => Sent[];
  /** So many events of the everyday mix: tracks, some pages, a few people and accounts. */
  readonly make: (count: number) => Sent[];
};

/** What so many customers send, of whom the busy ones send more than the quiet ones. */
export function createTraffic(accounts = 500, peopleOfAccount = 10): Traffic {
  return {
    everybody: () => Array.from({ length: accounts }, (_, n) => introduce(n, peopleOfAccount)).flat(),
    make: (count) =>
      Array.from({ length: Math.round(count) }, () =>
        anEvent(Math.floor(accounts * Math.random() ** 2), peopleOfAccount),
      ),
  };
}

function anEvent(n: number, people: number): Sent {
  const account = `account-${n}`;
  const user = `user-${n}-${Math.floor(Math.random() * people)}`;
  const dice = Math.random();
  if (dice < 0.03) return message('identify', account, user, 'Person Updated', traitsOf(user));
  if (dice < 0.05) return message('group', account, user, 'Account Updated', accountTraits(n));
  if (dice < 0.13) return message('page', account, user, 'Page Viewed', properties());
  const name = NAMES[Math.floor(Math.random() * NAMES.length)] ?? NAMES[0];
  return message('track', account, user, name, properties());
}

function introduce(n: number, people: number): Sent[] {
  const account = `account-${n}`;
  const users = Array.from({ length: people }, (_, p) => `user-${n}-${p}`);
  const [first = ''] = users;
  const before = Date.now() - 21 * DAY;
  return [
    message('group', account, first, 'Account Updated', accountTraits(n), before),
    ...users.map((user) => message('identify', account, user, 'Person Updated', traitsOf(user), before)),
    ...Array.from({ length: 10 }, (_, i) =>
      message('track', account, users[i % people] ?? '', 'Workflow Completed', properties(), before + i),
    ),
  ];
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

const DAY = 86_400_000;

function message(
  type: string,
  account: string,
  user: string,
  name: string,
  said: object,
  at = Date.now(),
): Sent {
  const messageId = randomUUID();
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
