/** Where and how to hand mail over. */
export type SmtpServer = {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS as soon as the server offers it. */
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly ignoreTLS: boolean;
  readonly rejectUnauthorized: boolean;
  /** How we introduce ourselves in EHLO. */
  readonly name?: string;
  readonly auth?: { readonly user: string; readonly pass: string };
};

const SWITCHES = ['requireTLS', 'ignoreTLS', 'tls.rejectUnauthorized'] as const;

/**
 * Reads `smtp[s]://user:password@host:port?requireTLS=true`. Throws an Error that names the fault, and never
 * the password.
 */
export function readSmtpUrl(text: string): SmtpServer {
  if (!URL.canParse(text))
    throw new Error(
      'SMTP_URL is no URL; expected something like smtp://user:password@mail.vendor.example:587',
    );
  const url = new URL(text);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    throw new Error(`SMTP_URL starts with ${url.protocol}//, expected smtp:// or smtps://`);
  if (url.hostname === '')
    throw new Error('SMTP_URL names no host; expected something like smtp://mail.vendor.example:587');
  const secure = url.protocol === 'smtps:' || url.port === '465';
  const name = url.searchParams.get('name');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    ...readSwitches(url.searchParams),
    ...(name ? { name } : {}),
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
  };
}

function readSwitches(params: URLSearchParams) {
  for (const key of params.keys()) {
    if (key !== 'name' && !SWITCHES.some((known) => known === key)) {
      throw new Error(
        `SMTP_URL has an unknown setting "${key}"; expected one of ${[...SWITCHES, 'name'].join(', ')}`,
      );
    }
  }
  const read = (key: (typeof SWITCHES)[number], otherwise: boolean) => {
    const value = params.get(key) ?? String(otherwise);
    if (value !== 'true' && value !== 'false')
      throw new Error(`SMTP_URL has ${key}=${value}, expected true or false`);
    return value === 'true';
  };
  return {
    requireTLS: read('requireTLS', false),
    ignoreTLS: read('ignoreTLS', false),
    rejectUnauthorized: read('tls.rejectUnauthorized', true),
  };
}
