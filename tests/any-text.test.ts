import fc from 'fast-check';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../src/delivery/address.ts';
import { verifyUserToken } from '../src/http/user-token.ts';
import { createKeys, normaliseAddress } from '../src/keys.ts';
import { companyOf, foldAddress } from '../src/referrals/address.ts';
import { readBounceMail } from '../src/sources/bounces.ts';
import { START } from './builders.ts';
import { lawRuns } from './laws.ts';

// `LAW_RUNS=100000` plays for as long as one likes. What is read in a catalog has a test of its own: any-definition.
const RUNS = lawRuns(1_000);
const SECRET = 'an identity secret of the product';
const keys = createKeys(new Map(), 'a master secret', [SECRET]);

type Change = { readonly at: number; readonly cut: number; readonly put: string; readonly from: number };

/** Sound texts with a few pieces of them cut out, doubled, moved, or replaced by what parsers stumble over. */
function mutantsOf(sound: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(
      '',
      '\0',
      '\r\n',
      '\n\n',
      '..',
      '@',
      '@@',
      '.',
      '=',
      '=?utf-8?B?',
      '?=',
      '--b1',
      '--',
      ';',
    ),
    fc.constantFrom(
      '"',
      '(',
      '<',
      '>',
      ',',
      '%41',
      '\ud800',
      '\u202e',
      'İ',
      'ß',
      '。',
      'xn--',
      '[127.0.0.1]',
      '+',
    ),
    fc.constantFrom(
      'rfc822;',
      'Action: failed',
      'Content-Type: multipart/report; boundary="b1"',
      ' '.repeat(500),
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({ maxLength: 300 }),
  );
  const change: fc.Arbitrary<Change> = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
    put: piece,
  });
  const mutate = (text: string, { at, cut, put, from }: Change): string => {
    const here = Math.floor(at * text.length);
    const there = Math.floor(from * text.length);
    // Nothing to put: a piece of the text itself, from elsewhere.
    return text.slice(0, here) + (put || text.slice(there, there + 30)) + text.slice(here + cut);
  };
  return fc
    .tuple(fc.constantFrom(...sound), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([text, changes]) => changes.reduce(mutate, text));
}

describe('any text, where there should be', () => {
  test('an email address, is one plain address or has a fault', () => {
    const sound = [
      'ada@acme.example',
      'ada.grace+news@mail.acme.example',
      `${'a'.repeat(64)}@${'b'.repeat(63)}.example`,
      'ada@bücher.example',
      'o’hara@acme.example',
    ];
    let plain = 0;
    fc.assert(
      fc.property(mutantsOf(sound), (text) => {
        const parsed = parseAddress(text);
        expect(companyOf(text).key).toBe(companyOf(normaliseAddress(text)).key);
        expect(keys.hashAddress(` ${text} `)).toBe(keys.hashAddress(text));
        if ('fault' in parsed) {
          expect(parsed.fault.length).toBeLessThan(200);
          return;
        }
        plain += 1;
        expect(foldAddress(foldAddress(text))).toBe(foldAddress(text));
        expect(keys.hashAddress(parsed.address.toUpperCase())).toBe(keys.hashAddress(parsed.address));
        expect(keys.hashAddress(text)).toBe(keys.hashAddress(parsed.address));
        expect(parsed.address).toMatch(/^[!-~]+@[a-z0-9.-]+$/);
        expect(parsed.address).not.toMatch(/[,;:"()<>[\]\\]/);
        expect(parsed.address.split('@')).toHaveLength(2);
        expect(parseAddress(parsed.address)).toEqual(parsed);
      }),
      { numRuns: RUNS },
    );
    expect(plain).toBeGreaterThan(RUNS / 20);
  });

  test('a token of ours, opens nothing unless we made it', () => {
    const made = ['ask_1', 'nudge_26901f58b1f1bc44a8456a74', 'a.b.c'].map((id) => keys.sign('draft', id));
    fc.assert(
      fc.property(mutantsOf(made), (token) => {
        const id = keys.open('draft', token);
        if (id !== undefined) expect(token).toBe(keys.sign('draft', id));
        if (id !== undefined && !made.includes(token)) expect.fail(`${token} opens ${id}`);
        expect(keys.open('unsubscribe', token)).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  test('a token of a user, names nobody unless the product signed it', async () => {
    const now = START;
    const signed = await new SignJWT({ sub: 'ada', aud: 'goodturn', exp: Math.floor(now / 1000) + 3600 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(SECRET));
    const [, payload = '', mark = ''] = signed.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    await fc.assert(
      fc.asyncProperty(
        mutantsOf([signed, `${none}.${payload}.`, `${none}.${payload}.${mark}`]),
        async (token) => {
          const verdict = await verifyUserToken(keys, token, now);
          // Base64 has spare bits at its end, so that more than one text is the very same signature.
          const isSame = Buffer.from(token.split('.')[2] ?? '', 'base64url').equals(
            Buffer.from(mark, 'base64url'),
          );
          if ('userId' in verdict) expect([verdict.userId, isSame]).toEqual(['ada', true]);
          else expect(verdict.fault).not.toBe('');
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('a mail that came back, is reports or none, soon', { timeout: 240_000 }, async () => {
    const mail = `From: MAILER-DAEMON@mx.customer.example
Subject: =?utf-8?Q?Undelivered?=
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; ada@customer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b1
Content-Type: message/rfc822

Message-ID: <email_1.mark@vendor.example>
To: ada@customer.example

Hello Ada
--b1--
`.replaceAll('\n', '\r\n');
    const complaint = mail
      .replace('message/delivery-status', 'message/feedback-report')
      .replace('Reporting-MTA: dns; mx.customer.example', 'Feedback-Type: abuse');
    await fc.assert(
      fc.asyncProperty(mutantsOf([mail, mail, complaint]), async (text) => {
        const began = performance.now();
        // What the route takes for no mail and answers 400 is an Error with words, never anything else.
        const reports = await readBounceMail(Buffer.from(text, 'latin1')).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(TypeError);
          expect(error).not.toBeInstanceOf(RangeError);
          return [];
        });
        expect(performance.now() - began).toBeLessThan(2_000);
        for (const { kind, status, reason } of reports) {
          expect(['failed', 'delayed', 'complaint']).toContain(kind);
          expect([typeof status, typeof reason]).toEqual(['string', 'string']);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
