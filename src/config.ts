import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { slipOf } from './catalog/nearest.ts';
import { readSmtpUrl } from './delivery/smtp-url.ts';
import { isOfTeam } from './engine/owner.ts';
import { DAY, type Duration, parseDuration, SECOND } from './engine/time.ts';

const text = z.string().trim().min(1, 'expected some text, not only blanks');
const address = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[^\s@<>",;]+@[^\s@<>",;]+$/, 'expected one email address, like growth@vendor.example');
const page = z
  .string()
  .trim()
  .refine(
    (value) => /^https?:\/\//.test(value) && URL.canParse(value),
    'expected a URL that starts with http:// or https://, and a host',
  );
/** Paths are added to it. */
const base = page
  .refine((value) => !/[?#]/.test(value), 'expected a URL without ? and #, for paths are added to it')
  .transform((value) => value.replace(/\/+$/, ''));
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
/** Origins are compared as text: what a browser would not send would allow nobody, without a word. */
const origins = list.refine(
  (value) => value.every((one) => one === '*' || /^[a-z][a-z0-9+.-]*:\/\/[^/?#@*\sA-Z]+$/.test(one)),
  'expected origins as browsers send them, like https://app.vendor.example, comma-separated, or *',
);
const secret = z.string().min(16, 'expected at least 16 characters');
const duration = z.string().transform((value, context): Duration => {
  const length = parseDuration(value);
  if (length === undefined) context.addIssue('expected a length like 30s, 5m, 2h or 14d');
  return length ?? 0;
});
const smtpUrl = text.superRefine((value, context) => {
  try {
    readSmtpUrl(value);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
  }
});
const yesOrNo = z.stringbool({ error: 'expected true or false' });
/** A PEM on one line, as many environments carry it, has `\\n` where its lines end. */
const rsaKey = z
  .string()
  .transform((value) => value.replaceAll('\\n', '\n'))
  .refine(isRsaKey, 'expected an RSA private key in PEM form, from -----BEGIN to -----END');

const PORTS = 'expected a number from 0 to 65535';
const oneOf = <const Name extends string>(...names: readonly [Name, ...Name[]]) =>
  z.enum(names, `expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`);
/** Compared with what stands behind an @: anything else would be nobody's, without a word. */
const domains = list.refine(
  (value) => value.length > 0 && value.every((one) => /^[^\s@/:]+$/.test(one)),
  'expected domains like vendor.example, comma-separated',
);

/** One line of meaning per key; docs/operating.md says more. Absent keys take the default. */
const Environment = z.object({
  PORT: z
    .string()
    .regex(/^\s*\d+\s*$/, PORTS)
    .transform(Number)
    .refine((port) => port <= 65_535, PORTS)
    .default(4400), // 0: any free port
  BASE_URL: base.optional(), // how people reach us; default http://localhost:PORT
  DATABASE_URL: text
    .refine(
      isPostgresUrl,
      'expected postgres://user:password@host:5432/name, characters like # / @ % in the password as %23 %2F %40 %25',
    )
    .optional(), // absent: PGlite in DATA_DIR
  DATA_DIR: text.default('./data'),
  TRIGGERS_DIR: text.default('./triggers'),
  TEMPLATES_DIR: text.default('./templates'),
  SMTP_URL: smtpUrl.optional(), // absent: mail is kept and shown
  MODE: oneOf('rehearsal', 'live').default('rehearsal'),
  REHEARSAL_TO: address.optional(), // default MAIL_FROM
  MAIL_FROM: address.default('goodturn@localhost'),
  DKIM_SELECTOR: text.optional(), // with DKIM_PRIVATE_KEY: mail is signed
  DKIM_PRIVATE_KEY: rsaKey.optional(),
  DKIM_DOMAIN: text.toLowerCase().optional(), // default: the domain of MAIL_FROM
  TEAM_DOMAINS: domains.optional(), // default: the domain of MAIL_FROM
  DEFAULT_OWNER_EMAIL: address.optional(),
  ALERTS_TO: address.optional(),
  PRODUCT_NAME: text.default('our product'),
  REFERRAL_LANDING_URL: page.optional(), // absent: our own landing page
  WRITE_KEY: text.optional(), // absent: made and printed once, on first start
  PUBLISHABLE_KEY: text.optional(),
  SECRET_KEY: text.optional(),
  IDENTITY_SECRET: secret.optional(),
  ALLOWED_ORIGINS: origins.default([]), // exact origins of product apps, comma-separated; * for any
  ACCOUNT_GROUP_TYPE: text.default('company'), // the PostHog group type that means "account"
  SEGMENT_WRITE_KEY: text.optional(),
  SEGMENT_HOST: base.optional(),
  POSTHOG_PROJECT_KEY: text.optional(),
  POSTHOG_HOST: base.optional(),
  WEBHOOKS_TO_PRIVATE: yesOrNo.default(false), // true: webhooks may go to addresses inside this network
  EVENT_RETENTION: duration
    .refine((length) => length >= DAY, 'expected a day or more, like 400d')
    .default(400 * DAY), // raw events are purged this long after they came in
  TICK: duration.refine((value) => value >= SECOND, 'expected 1s or longer').default(10 * SECOND),
  LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'),
});

export type Config = ReturnType<typeof readConfig>;

/** Reads the environment once. Throws one error that lists every fault. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>) {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = Environment.safeParse(given);
  const faults = [
    ...(result.error?.issues ?? []).map(
      (issue) => `  ${issue.path.join('.')}: ${issue.message}${came(String(issue.path[0]), given)}`,
    ),
    ...halfGiven(given),
    ...givenTwice(given),
  ];
  if (!result.success || faults.length > 0) {
    throw new Error(
      `The environment has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.join('\n')}`,
    );
  }
  const env = result.data;
  const domain = env.MAIL_FROM.slice(env.MAIL_FROM.lastIndexOf('@') + 1);
  return {
    ...env,
    BASE_URL: env.BASE_URL ?? localUrl(env.PORT),
    TEAM_DOMAINS: (env.TEAM_DOMAINS ?? [domain]).map((name) => name.toLowerCase()),
    REHEARSAL_TO: env.REHEARSAL_TO ?? env.MAIL_FROM,
    DKIM_DOMAIN: env.DKIM_DOMAIN ?? domain,
  } as const;
}

/** Where it is reached when nothing says otherwise. */
export const localUrl = (port: number) => `http://localhost:${port}`;

/** A key without its selector signs nothing, and nobody would notice. */
function halfGiven(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const [selector, key] = ['DKIM_SELECTOR', 'DKIM_PRIVATE_KEY'] as const;
  if ((given[selector] === undefined) === (given[key] === undefined)) return [];
  const [here, there] = given[selector] === undefined ? [key, selector] : [selector, key];
  return [`  ${there}: is needed where ${here} is given`];
}

/** Of one key for two kinds only one would work, and what is public could open what is not. */
function givenTwice(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = ['WRITE_KEY', 'PUBLISHABLE_KEY', 'SECRET_KEY', 'IDENTITY_SECRET'] as const;
  const keyIn = (name: string) => given[name]?.trim();
  return names.flatMap((name, i) => {
    const first = names.slice(0, i).find((other) => keyIn(other) && keyIn(other) === keyIn(name));
    return first === undefined ? [] : [`  ${name}: is the same as ${first}; each has to be its own`];
  });
}

/** What is no fault, and is hardly meant: names that are nearly ours, and an owner who would get nothing. */
export function doubtsAbout(
  environment: Readonly<Record<string, string | undefined>>,
  { TEAM_DOMAINS, DEFAULT_OWNER_EMAIL: owner }: Pick<Config, 'TEAM_DOMAINS' | 'DEFAULT_OWNER_EMAIL'>,
): readonly string[] {
  const known = Object.keys(Environment.shape);
  const misspelt = Object.keys(environment).flatMap((name) => {
    const meant = known.includes(name) ? undefined : slipOf(name, known);
    return meant === undefined || environment[meant] !== undefined
      ? []
      : [`${name} is no setting; did you mean ${meant}?`];
  });
  const isOutside = owner !== undefined && !isOfTeam(owner, TEAM_DOMAINS);
  const unheard = `DEFAULT_OWNER_EMAIL gets no drafts: ${owner} lies outside TEAM_DOMAINS (${TEAM_DOMAINS.join(', ')}).`;
  return [...misspelt, ...(isOutside ? [unheard] : [])];
}

/** As `pg` reads it: a socket may stand in the place of a host. */
function isPostgresUrl(value: string): boolean {
  const withHost = value.replace('@/', '@socket/');
  if (!/^postgres(ql)?:\/\//.test(value) || !URL.canParse(withHost)) return false;
  const { username, password } = new URL(withHost);
  return [username, password].every(isDecodable);
}

function isDecodable(value: string): boolean {
  try {
    decodeURIComponent(value);
    return true;
  } catch {
    return false;
  }
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

// Secrets are never echoed; other values are, so that a typing error can be seen.
function came(name: string, given: Readonly<Record<string, string | undefined>>): string {
  const value = given[name];
  const isSecret = /KEY|SECRET/.test(name) || (/URL|HOST/.test(name) && value?.includes('@'));
  return value === undefined || value.length > 60 || isSecret ? '' : ` (got "${value}")`;
}
