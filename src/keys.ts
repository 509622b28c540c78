import { createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { domainToASCII } from 'node:url';

/** Each kind of key, the setting that gives one, and how those that we make begin. */
export const KEY_KINDS = [
  { kind: 'write', variable: 'WRITE_KEY', prefix: 'wk_' },
  { kind: 'publishable', variable: 'PUBLISHABLE_KEY', prefix: 'pk_' },
  { kind: 'secret', variable: 'SECRET_KEY', prefix: 'sk_' },
] as const;

export type KeyKind = (typeof KEY_KINDS)[number]['kind'];

/** What each token may do; one made for one purpose opens nothing else. `mail` is in Message-IDs, so that a bounce is known. */
export type Purpose = 'unsubscribe' | 'draft' | 'advocate' | 'mail';

export type Keys = {
  /** Which of our keys this is, if any. Looked up by hash, in memory. */
  readonly kindOf: (key: string) => KeyKind | undefined;
  /** HS256 secrets for user tokens, the newest first. */
  readonly identitySecrets: readonly string[];
  /** An opaque token for a link: the id and a 128-bit mark only we can make. */
  readonly sign: (purpose: Purpose, id: string) => string;
  /** The id a token was made for, or undefined when it is not ours or for another purpose. */
  readonly open: (purpose: Purpose, token: string) => string | undefined;
  /** A keyed hash of a normalised address, for suppression. */
  readonly hashAddress: (address: string) => string;
  /** A keyed hash of a user id or an alias, for those who were erased. */
  readonly hashIdentity: (identity: string) => string;
};

/** What is kept of a key, and what it is looked up by. */
export const hashKey = (key: string) => hash('sha256', key, 'hex');

export const prefixOf = (kind: KeyKind) => KEY_KINDS.find((one) => one.kind === kind)?.prefix ?? '';

/** A new key, and what is kept of it: it is told once. */
export function makeKey(kind: KeyKind) {
  const value = prefixOf(kind) + randomBytes(24).toString('base64url');
  return { value, kept: { hash: hashKey(value), kind, last4: value.slice(-4) } };
}

/** Builds the keys from the hashes of our API keys and the master secret in the database. */
export function createKeys(
  kinds: ReadonlyMap<string, KeyKind>,
  masterSecret: string,
  identitySecrets: readonly string[],
): Keys {
  const subkey = (purpose: string) => Buffer.from(hkdfSync('sha256', masterSecret, 'goodturn', purpose, 32));
  const subkeys = new Map<string, Buffer>();
  const keyFor = (purpose: string) => {
    const known = subkeys.get(purpose) ?? subkey(purpose);
    subkeys.set(purpose, known);
    return known;
  };
  const mark = (purpose: string, id: string) =>
    createHmac('sha256', keyFor(purpose)).update(id).digest().subarray(0, 16).toString('base64url');
  // Our own keys only, which are few: hashing costs more than looking up.
  const met = new Map<string, KeyKind>();
  return {
    kindOf: (key) => {
      const kind = met.get(key) ?? kinds.get(hashKey(key));
      if (kind !== undefined) met.set(key, kind);
      return kind;
    },
    identitySecrets,
    sign: (purpose, id) => `${id}.${mark(purpose, id)}`,
    open: (purpose, token) => {
      const dot = token.lastIndexOf('.');
      const id = token.slice(0, dot);
      return dot > 0 && sameText(token.slice(dot + 1), mark(purpose, id)) ? id : undefined;
    },
    hashAddress: (address) =>
      createHmac('sha256', keyFor('suppression')).update(asMailed(address)).digest('hex'),
    hashIdentity: (identity) => createHmac('sha256', keyFor('erasure')).update(identity).digest('hex'),
  };
}

/** Lower case and trimmed; plus-tags stay, for they may be different people. */
export const normaliseAddress = (address: string) => address.trim().toLowerCase();

/** The same with its domain in ASCII, as mail is sent to it: however it is written, it is one mailbox. */
function asMailed(address: string): string {
  const plain = normaliseAddress(address);
  const at = plain.lastIndexOf('@') + 1;
  const domain = domainToASCII(plain.slice(at));
  return domain === '' ? plain : plain.slice(0, at) + domain;
}

/** Compares in constant time; texts of different length differ. */
function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length > 0 && left.length === right.length && timingSafeEqual(left, right);
}
