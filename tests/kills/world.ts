import type { Client } from './client.ts';
import type { History } from './history.ts';
import { WRITE_KEY } from './keys.ts';
import type { Random } from './random.ts';
import type { TakenMail } from './slow-smtp.ts';

/** What the people of a run share: their way to the service, their mailbox, their dice and the record of it all. */
export type World = {
  readonly ask: Client;
  readonly mails: readonly TakenMail[];
  readonly random: Random;
  readonly history: History;
  /** A token as the product's own backend makes it for one of its users. */
  readonly tokenOf: (userId: string) => Promise<string>;
  /** No new stories: those under way come to their end. */
  readonly isClosing: () => boolean;
};

const DAY = 86_400_000;

/** A Segment message with an id of its own; its stored id is `segment:<messageId>`. */
export type Message = { readonly messageId: string } & Readonly<Record<string, unknown>>;

let made = 0;

export function message(type: string, userId: string, fields: Readonly<Record<string, unknown>>): Message {
  made += 1;
  return { type, messageId: `m-${made}`, userId, timestamp: new Date().toISOString(), ...fields };
}

export const track = (userId: string, event: string, properties: object = {}): Message =>
  message('track', userId, { event, properties });

/** An account of a kind, old enough to be asked, with an owner, and one person in it. */
export function introduction(account: string, user: string, kind: string): Message[] {
  const traits = {
    name: `Company ${account}`,
    created_at: new Date(Date.now() - 200 * DAY).toISOString(),
    csm_name: 'Sam Berg',
    csm_email: `sam.${account}@vendor.example`,
    segment: kind,
    seats: 20,
  };
  return [
    message('identify', user, { traits: { email: `${user}@${account}.example`, name: `Ada ${account}` } }),
    message('group', user, { groupId: account, traits }),
  ];
}

export async function sendBatch({ ask }: World, batch: readonly Message[]): Promise<boolean> {
  const events = batch.map(({ messageId }) => `segment:${messageId}`);
  const answer = await ask('/v1/batch', {
    key: WRITE_KEY,
    json: { batch, sentAt: new Date().toISOString() },
    events,
  });
  return answer?.status === 200;
}

export async function sendOne({ ask }: World, single: Message): Promise<boolean> {
  const path = `/v1/${String(single['type'])}`;
  const answer = await ask(path, { key: WRITE_KEY, json: single, events: [`segment:${single.messageId}`] });
  return answer?.status === 200;
}
