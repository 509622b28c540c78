import { describe, expect, test } from 'vitest';
import { doubtsAbout, readConfig } from '../src/config.ts';

const faultsOf = (environment: Readonly<Record<string, string>>): string => {
  try {
    readConfig(environment);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('settings', () => {
  test('are all told at once, also those that only together make no sense', () => {
    const faults = faultsOf({ PORT: '99999', DKIM_SELECTOR: 's1', TICK: 'often' });
    expect(faults).toMatch(/^The environment has 3 faults:\n/);
    expect(faults).toContain('TICK: expected a length like 30s, 5m, 2h or 14d (got "often")');
    expect(faults).toContain('DKIM_PRIVATE_KEY: is needed where DKIM_SELECTOR is given');
  });

  test('no two kinds of key are the same: what is public would open what is not', () => {
    expect(faultsOf({ PUBLISHABLE_KEY: 'shared', SECRET_KEY: ' shared ' })).toBe(
      'The environment has a fault:\n  SECRET_KEY: is the same as PUBLISHABLE_KEY; each has to be its own',
    );
  });

  test.each([
    ['DATABASE_URL', 'mysql://db.vendor.example/goodturn', 'postgres://user:password@host:5432/name'],
    ['ALLOWED_ORIGINS', 'https://app.vendor.example,app.vendor.example', 'https://app.vendor.example'],
    ['ALLOWED_ORIGINS', 'https://app.vendor.example/', 'https://app.vendor.example'],
    ['ALLOWED_ORIGINS', 'https://*.vendor.example', 'https://app.vendor.example'],
    ['TICK', '0s', '1s or longer'],
    ['EVENT_RETENTION', '0s', 'a day or more'],
    ['PORT', 'abc', 'a number from 0 to 65535'],
    ['PORT', '70000', 'a number from 0 to 65535'],
    ['MODE', 'prod', 'rehearsal or live'],
    ['LOG_LEVEL', 'loud', 'fatal, error, warn, info, debug, trace or silent'],
    ['TEAM_DOMAINS', 'vendor.example, @vendor.io', 'domains like vendor.example'],
    ['TEAM_DOMAINS', 'https://vendor.example', 'domains like vendor.example'],
    ['BASE_URL', 'http://', 'http:// or https://, and a host'],
    ['BASE_URL', 'https://goodturn.vendor.example/?from=mail', 'without ? and #'],
    ['REFERRAL_LANDING_URL', 'https:// vendor.example', 'http:// or https://, and a host'],
    ['SMTP_URL', 'smtp://mail.vendor.example:mail', 'smtp://user:password@mail.vendor.example:587'],
    ['DATABASE_URL', 'postgres://db.vendor.example:none/x', 'postgres://user:password@host:5432/name'],
    ['PRODUCT_NAME', ' ', 'some text, not only blanks'],
    ['WEBHOOKS_TO_PRIVATE', 'maybe', 'true or false'],
  ])('%s=%s is refused, and says what is expected', (name, value, expected) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toContain(`${name}: expected `);
    expect(faults).toContain(expected);
    expect(faults).toContain(`(got "${value}")`);
  });

  test.each([
    ['DATABASE_URL', 'postgresql://goodturn@127.0.0.1/goodturn'],
    ['DATABASE_URL', 'postgres://goodturn:p%23w@/goodturn?host=/var/run/postgresql'],
    ['DATABASE_URL', 'postgres:///goodturn'],
    ['REFERRAL_LANDING_URL', 'https://vendor.example/welcome/?via=friend'],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'http://localhost:3000, https://app.vendor.example, capacitor://localhost'],
    ['TICK', '1s'],
    ['PORT', ' 8080 '],
    ['TEAM_DOMAINS', 'Vendor.example, localhost'],
  ])('%s=%s is taken', (name, value) => {
    expect(faultsOf({ [name]: value })).toBe('');
  });

  test.each([
    ['DATABASE_URL', 'goodturn:hidden@127.0.0.1/goodturn'],
    ['DATABASE_URL', 'postgres://goodturn:hidden#1@127.0.0.1/goodturn'],
    ['SMTP_URL', 'growth:hidden@mail.vendor.example:587'],
    ['SMTP_URL', 'smtp://growth:hidden%@mail.vendor.example:587'],
    ['SMTP_URL', 'smtp://growth:hidden@mail.vendor.example?pool=true'],
    ['SECRET_KEY', ' '],
    ['IDENTITY_SECRET', 'hidden'],
  ])('a faulty %s is not echoed', (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toContain(`${name}: `);
    expect(faults).not.toContain('hidden');
    expect(faults).not.toContain('got');
  });

  test.each([
    [{ TEAM_DOMAIN: 'vendor.example' }, 'TEAM_DOMAIN is no setting; did you mean TEAM_DOMAINS?'],
    [{ SMPT_URL: 'smtp://mail.vendor.example' }, 'SMPT_URL is no setting; did you mean SMTP_URL?'],
    [
      { MAIL_FROM: 'growth@vendor.example', DEFAULT_OWNER_EMAIL: 'sam@elsewhere.example' },
      'DEFAULT_OWNER_EMAIL gets no drafts: sam@elsewhere.example lies outside TEAM_DOMAINS (vendor.example).',
    ],
  ])('of %j a doubt is told', (environment, doubt) => {
    expect(doubtsAbout(environment, readConfig(environment))).toEqual([doubt]);
  });

  test('of what other programs call theirs nothing is told', () => {
    const environment = {
      HOME: '/root',
      PATH: '/bin',
      PORTS: '1',
      HTTP_URL: 'x',
      DATABASE_HOST: 'x',
      POSTGRES_HOST: 'x',
    };
    expect(doubtsAbout(environment, readConfig(environment))).toEqual([]);
  });
});
