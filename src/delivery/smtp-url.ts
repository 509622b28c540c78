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

const WHOLE =
  'smtp://user:password@mail.vendor.example:587, characters like # / @ % in the password as %23 %2F %40 %25';
const SWITCHES = ['requireTLS', 'ignoreTLS', 'tls.rejectUnauthorized'] as const;

/**
 * Reads `smtp[s]://user:password@host:port?requireTLS=true`. Throws an Error that says what was expected, and never
 * the password.
 */
export function readSmtpUrl(text: string): SmtpServer {
  if (!/^smtps?:\/\//.test(text)) throw new Error('expected smtp:// or smtps:// and a host');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') throw new Error(`expected ${WHOLE}`);
  const secure = url.protocol === 'smtps:' || url.port === '465';
  const name = url.searchParams.get('name');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    ...readSwitches(url.searchParams),
    ...(name ? { name } : {}),
    ...(url.username === '' ? {} : { auth: { user: decoded(url.username), pass: decoded(url.password) } }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error(`expected ${WHOLE}`);
  }
}

function readSwitches(params: URLSearchParams) {
  for (const key of params.keys()) {
    if (key !== 'name' && !SWITCHES.some((known) => known === key)) {
      throw new Error(`has an unknown setting "${key}"; expected one of ${[...SWITCHES, 'name'].join(', ')}`);
    }
  }
  const read = (key: (typeof SWITCHES)[number], otherwise: boolean) => {
    const value = params.get(key) ?? String(otherwise);
    if (value !== 'true' && value !== 'false') throw new Error(`has ${key}=${value}, expected true or false`);
    return value === 'true';
  };
  return {
    requireTLS: read('requireTLS', false),
    ignoreTLS: read('ignoreTLS', false),
    rejectUnauthorized: read('tls.rejectUnauthorized', true),
  };
}
