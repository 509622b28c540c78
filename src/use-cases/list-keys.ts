import type { Config } from '../config.ts';
import { insertApiKey, listApiKeys } from '../db/api-keys.ts';
import type { Db } from '../db/client.ts';
import type { Instant } from '../engine/time.ts';
import { KEY_KINDS, type KeyKind, makeKey } from '../keys.ts';

export type KnownKey = {
  readonly kind: KeyKind;
  readonly last4: string;
  readonly from: 'environment' | 'database';
  readonly createdAt?: Date;
};

/** The keys that open the service, by their last four characters: more of a key is not kept. */
export async function listKeys(db: Pick<Db, 'pool'>, config: Config): Promise<KnownKey[]> {
  const given = KEY_KINDS.flatMap(({ kind, variable }): KnownKey[] => {
    const value = config[variable];
    return value === undefined ? [] : [{ kind, last4: value.slice(-4), from: 'environment' }];
  });
  const stored = await listApiKeys(db.pool);
  return [...given, ...stored.map((key): KnownKey => ({ ...key, from: 'database' }))];
}

/** Makes one more key of a kind, and tells it this once. A running service knows it after its next start. */
export async function addKey(db: Pick<Db, 'pool'>, kind: KeyKind, now: Instant): Promise<string> {
  const { value, kept } = makeKey(kind);
  await insertApiKey(db.pool, kept, now);
  return value;
}
