import type { Channel } from '../catalog.ts';
import type { AccountId } from '../event.ts';
import { sha256 } from '../sha256.ts';

/** The id that live use gives the same ask, so that a history's outcomes find it. */
export function askIdOf(channel: Channel, accountId: AccountId, trigger: string, cycle: string): string {
  const words = sha256(JSON.stringify([accountId, trigger, cycle])).subarray(0, 3);
  const mark = [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
  return `${channel}_${mark}`;
}
