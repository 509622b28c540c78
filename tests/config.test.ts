import { describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';

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
  ])('%s=%s is refused, and says what is expected', (name, value, expected) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toContain(`${name}: expected `);
    expect(faults).toContain(expected);
    expect(faults).toContain(`(got "${value}")`);
  });

  test.each([
    ['DATABASE_URL', 'postgresql://goodturn@127.0.0.1/goodturn'],
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
    ['SMTP_URL', 'growth:hidden@mail.vendor.example:587'],
    ['SECRET_KEY', ' '],
    ['IDENTITY_SECRET', 'hidden'],
  ])('a faulty %s is not echoed', (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toContain(`${name}: `);
    expect(faults).not.toContain('hidden');
    expect(faults).not.toContain('got');
  });
});
