import { randomBytes } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Db, Sql } from '../db/client.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { insertApiKey, readApiKeys, readSetting, writeSettingOnce } from '../db/settings.ts';
import { createKeys, hashKey, type KeyKind, type Keys } from '../keys.ts';

export type LoadedKeys = {
  readonly keys: Keys;
  /** Made just now, to be printed: only their hashes are kept, so they are never seen again. */
  readonly made: readonly { readonly name: string; readonly value: string }[];
};

const KINDS = [
  { kind: 'write', variable: 'WRITE_KEY', prefix: 'wk_' },
  { kind: 'publishable', variable: 'PUBLISHABLE_KEY', prefix: 'pk_' },
  { kind: 'secret', variable: 'SECRET_KEY', prefix: 'sk_' },
] as const;

/** The keys given by the environment, else those in the database; what neither has is made, once over all replicas. */
export function loadKeys(db: Db, config: Config, now: number): Promise<LoadedKeys> {
  return inRetriedTransaction(db, async (tx) => {
    const made: { name: string; value: string }[] = [];
    const master = await secretOf(tx, 'master_secret');
    const kinds = new Map<string, KeyKind>(await readApiKeys(tx));
    for (const { kind, variable, prefix } of KINDS) {
      const given = config[variable];
      if (given !== undefined) {
        kinds.set(hashKey(given), kind);
      } else if (await writeSettingOnce(tx, `made_${variable}`, 'yes')) {
        const value = prefix + randomBytes(24).toString('base64url');
        await insertApiKey(tx, { hash: hashKey(value), kind, last4: value.slice(-4) }, now);
        kinds.set(hashKey(value), kind);
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
    const kinds = new Map<string, KeyKind>(await readApiKeys(tx));
    for (const { kind, variable } of KINDS) {
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
