import { z } from 'zod';
import { type Duration, parseDuration } from './engine/time.ts';

const text = z.string().trim().min(1);
const address = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[^\s@<>",;]+@[^\s@<>",;]+$/, 'expected one email address, like growth@vendor.example');
const url = z
  .string()
  .trim()
  .regex(/^https?:\/\//, 'expected a URL that starts with http:// or https://')
  .transform((value) => value.replace(/\/+$/, ''));
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
const secret = z.string().min(16, 'expected at least 16 characters');
const duration = z.string().transform((value, context): Duration => {
  const length = parseDuration(value);
  if (length === undefined) context.addIssue(`expected a length like 30s, 5m, 2h or 14d, got "${value}"`);
  return length ?? 0;
});

/** One line of meaning per key; docs/operating.md says more. Absent keys take the default. */
const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(4400), // 0: any free port
  BASE_URL: url.optional(), // how people reach us; default http://localhost:PORT
  DATABASE_URL: text.optional(), // absent: PGlite in DATA_DIR
  DATA_DIR: text.default('./data'),
  TRIGGERS_DIR: text.default('./triggers'),
  TEMPLATES_DIR: text.default('./templates'),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'expected smtp://… or smtps://…')
    .optional(), // absent: mail is kept and shown
  MODE: z.enum(['rehearsal', 'live']).default('rehearsal'),
  REHEARSAL_TO: address.optional(), // default MAIL_FROM
  MAIL_FROM: address.default('goodturn@localhost'),
  TEAM_DOMAINS: list.optional(), // default: the domain of MAIL_FROM
  DEFAULT_OWNER_EMAIL: address.optional(),
  ALERTS_TO: address.optional(),
  PRODUCT_NAME: text.default('our product'),
  REFERRAL_LANDING_URL: url.optional(), // absent: our own landing page
  WRITE_KEY: text.optional(), // absent: made and printed once, on first start
  PUBLISHABLE_KEY: text.optional(),
  SECRET_KEY: text.optional(),
  IDENTITY_SECRET: secret.optional(),
  ALLOWED_ORIGINS: list.default([]), // exact origins of product apps, comma-separated; * for any
  ACCOUNT_GROUP_TYPE: text.default('company'), // the PostHog group type that means "account"
  SEGMENT_WRITE_KEY: text.optional(),
  SEGMENT_HOST: url.optional(),
  POSTHOG_PROJECT_KEY: text.optional(),
  POSTHOG_HOST: url.optional(),
  TICK: duration.default(10_000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Config = ReturnType<typeof readConfig>;

/** Reads the environment once. Throws one error that lists every fault. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>) {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = Environment.safeParse(given);
  if (!result.success) {
    const faults = result.error.issues.map(
      (issue) => `  ${issue.path.join('.')}: ${issue.message}${came(given[String(issue.path[0])])}`,
    );
    throw new Error(
      `The environment has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.join('\n')}`,
    );
  }
  const env = result.data;
  const domain = env.MAIL_FROM.slice(env.MAIL_FROM.lastIndexOf('@') + 1);
  const webhookSecrets = new Map<string, string>();
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith('WEBHOOK_SECRET_') && value)
      webhookSecrets.set(key.slice('WEBHOOK_SECRET_'.length).toLowerCase(), value);
  }
  return {
    ...env,
    BASE_URL: env.BASE_URL ?? `http://localhost:${env.PORT}`,
    TEAM_DOMAINS: (env.TEAM_DOMAINS ?? [domain]).map((name) => name.toLowerCase()),
    REHEARSAL_TO: env.REHEARSAL_TO ?? env.MAIL_FROM,
    webhookSecrets,
  } as const;
}

// Secrets are never echoed; other values are, so that a typing error can be seen.
function came(value: string | undefined): string {
  return value === undefined || value.length > 60 || /:\/\/[^/]*@/.test(value) ? '' : ` (got "${value}")`;
}
