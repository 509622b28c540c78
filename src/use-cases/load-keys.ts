import { randomBytes } from 'node:crypto';
import type { Config } from '../config.ts';
import { insertApiKey, readApiKeys } from '../db/api-keys.ts';
import type { Db, Sql } from '../db/client.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { readSetting, writeSettingOnce } from '../db/settings.ts';
import { createKeys, hashKey, KEY_KINDS, type Keys, makeKey } from '../keys.ts';

export type LoadedKeys = {
  readonly keys: Keys;
  /** Made just now, to be printed: only their hashes are kept, so they are never seen again. */
  readonly made: readonly { readonly name: string; readonly value: string }[];
};

/** The keys given by the environment, else those in the database; what neither has is made, once over all replicas. */
export function loadKeys(db: Db, config: Config, now: number): Promise<LoadedKeys> {
  return inRetriedTransaction(db, async (tx) => {
    const made: { name: string; value: string }[] = [];
    const master = await secretOf(tx, 'master_secret');
    const kinds = new Map(await readApiKeys(tx));
    for (const { kind, variable } of KEY_KINDS) {
      const given = config[variable];
      if (given !== undefined) {
        kinds.set(hashKey(given), kind);
      } else if (await writeSettingOnce(tx, `made_${variable}`, 'yes')) {
        const { value, kept } = makeKey(kind);
        await insertApiKey(tx, kept, now);
        kinds.set(kept.hash, kind);
        made.push({ name: variable, value });
      }
    }
    const identity =
      config.IDENTITY_SECRET ??
      (await secretOf(tx, 'identity_secret', (value) => made.push({ name: 'IDENTITY_SECRET', value })));
    return { keys: createKeys(kinds, master, [identity]), made };
  });
}

/**
 * The keys that are there already; only what signs links is made where it is missing. For a command beside the service:
 * keys that it made would be printed by nobody, and the service prints only those that it makes itself.
 */
export function loadKnownKeys(db: Pick<Db, 'pool'>, config: Config): Promise<Keys> {
  return inRetriedTransaction(db, async (tx) => {
    const kinds = new Map(await readApiKeys(tx));
    for (const { kind, variable } of KEY_KINDS) {
      const given = config[variable];
      if (given !== undefined) kinds.set(hashKey(given), kind);
    }
    const identity = config.IDENTITY_SECRET ?? (await readSetting(tx, 'identity_secret'));
    return createKeys(kinds, await secretOf(tx, 'master_secret'), identity === undefined ? [] : [identity]);
  });
}

async function secretOf(tx: Sql, key: string, tell: (value: string) => void = () => {}): Promise<string> {
  const value = randomBytes(32).toString('hex');
  if (await writeSettingOnce(tx, key, value)) tell(value);
  const kept = await readSetting(tx, key);
  if (kept === undefined) throw new Error(`The setting ${key} was neither there nor made.`);
  return kept;
}
