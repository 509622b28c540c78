import { closeSync, openSync, writeSync } from 'node:fs';
import { DAY, type Instant } from '../src/engine/time.ts';
import { FEATURES } from './traffic.ts';

export type History = { readonly events: number; readonly accounts: number };

const START: Instant = Date.UTC(2026, 0, 5);
const SPAN = 180 * DAY;
const PEOPLE_PER_ACCOUNT = 8;
const CHUNK = 1 << 20;

/**
 * Writes half a year of Segment messages, a line each, in order of time: the same file for the same numbers. Each
 * account and person is introduced before anything else they do; some accounts are busier than others.
 */
export function writeHistory(path: string, { events, accounts }: History): void {
  const random = dice(events + accounts);
  const known = new Set<string>();
  const file = openSync(path, 'w');
  let chunk = '';
  let made = 0;
  const write = (line: object) => {
    chunk += `${JSON.stringify(line)}\n`;
    made += 1;
    if (chunk.length < CHUNK) return;
    writeSync(file, chunk);
    chunk = '';
  };
  const isNew = (id: string) => !known.has(id) && known.add(id).size > 0;
  while (made < events) {
    const account = Math.floor(accounts * random() ** 2);
    const user = `user-${account}-${Math.floor(PEOPLE_PER_ACCOUNT * random())}`;
    const sender = { random, account, user, at: () => START + Math.floor((made * SPAN) / events) };
    if (isNew(`account-${account}`)) write(group(sender, seatsAtFirst(account)));
    if (made < events && isNew(user)) write(identify(sender));
    if (made < events) write(message(sender));
  }
  writeSync(file, chunk);
  closeSync(file);
}

type Sender = {
  readonly random: () => number;
  readonly account: number;
  readonly user: string;
  /** The instant of the next line. */
  readonly at: () => Instant;
};

/** The everyday mix, and what says more of an account now and then. */
function message(sender: Sender): object {
  const { random, account } = sender;
  const roll = random();
  if (roll < 0.03) return identify(sender);
  if (roll < 0.05) return group(sender, seatsAtFirst(account) + grownBy(sender));
  if (roll < 0.13) return { ...base(sender, 'page'), name: 'Reports', properties: { path: '/reports/42' } };
  if (roll < 0.155) return said(sender);
  const name = roll < 0.23 ? 'Workflow Completed' : roll < 0.3 ? 'Report Shared' : pick(sender, FEATURES);
  const duration_ms = Math.floor(random() * 5000);
  const items = Math.floor(random() * 40);
  return track(sender, name, { section: 'reporting', duration_ms, items, successful: true });
}

/** Scores, tickets, payments, reviews and kind words. */
function said(sender: Sender): object {
  const { random } = sender;
  const roll = random();
  if (roll < 0.3) {
    const score = pick(sender, [10, 10, 9, 9, 8, 8, 7, 6, 3]);
    return track(sender, 'NPS Answered', { score, response_id: `response-${mark(random)}` });
  }
  if (roll < 0.55)
    return track(sender, 'Ticket Opened', { priority: pick(sender, ['urgent', 'high', 'normal', 'normal']) });
  if (roll < 0.8) return track(sender, 'Ticket Solved', {});
  if (roll < 0.86) return track(sender, 'Payment Failed', { amount: 490 });
  if (roll < 0.92) return track(sender, 'Payment Recovered', { amount: 490 });
  if (roll < 0.96) return track(sender, 'Business Review Held', { result: pick(sender, ['good', 'poor']) });
  return track(sender, 'Kind Words', { text: 'The month-end close is an afternoon now.' });
}

const track = (sender: Sender, event: string, properties: object): object => ({
  ...base(sender, 'track'),
  event,
  properties,
});

const identify = (sender: Sender): object => ({
  ...base(sender, 'identify'),
  traits: {
    email: `${sender.user}@customer-${sender.account}.example`,
    name: 'Ada Lovelace',
    role: 'analyst',
  },
});

const group = (sender: Sender, seats: number): object => ({
  ...base(sender, 'group'),
  groupId: `account-${sender.account}`,
  traits: {
    name: `Customer ${sender.account}`,
    domain: `customer-${sender.account}.example`,
    created_at: new Date(START - (sender.account % 400) * DAY).toISOString(),
    csm_email: `csm-${Math.floor(sender.account / 30)}@vendor.example`,
    plan: sender.account % 20 === 0 ? 'trial' : 'team',
    seats,
  },
});

const seatsAtFirst = (account: number) => 20 + (account % 30);

/** One account in four takes on more seats, once or twice in the half-year. */
function grownBy({ account, at }: Sender): number {
  const months = (at() - START) / (30 * DAY);
  return account % 4 === 0 ? 8 * Math.floor((months + (account % 12) / 4) / 3) : 0;
}

function base({ random, account, user, at }: Sender, type: string): object {
  return {
    type,
    messageId: mark(random),
    timestamp: new Date(at()).toISOString(),
    userId: user,
    context: {
      groupId: `account-${account}`,
      library: { name: '@segment/analytics-node', version: '3.1.0' },
    },
  };
}

/** As an id of theirs looks. */
function mark(random: () => number): string {
  const word = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  const all = word() + word() + word() + word();
  return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join('-');
}

function pick<Value>({ random }: Sender, values: readonly Value[]): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
