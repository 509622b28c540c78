import { createHash } from 'node:crypto';
import type { Channel } from '../engine/catalog.ts';
import type { AccountId } from '../engine/event.ts';

/** Ids say what an ask is for, so that the same decision made twice makes one ask. */
export function askId(channel: Channel, accountId: AccountId, trigger: string, cycle: string): string {
  const mark = createHash('sha256')
    .update(JSON.stringify([accountId, trigger, cycle]))
    .digest('hex')
    .slice(0, 24);
  return `${channel}_${mark}`;
}
