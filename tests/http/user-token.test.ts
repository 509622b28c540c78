import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, SECOND } from '../../src/engine/time.ts';
import { verifyUserToken } from '../../src/http/user-token.ts';
import { START } from '../builders.ts';
import { IDENTITY_SECRET, sendRaw, startIngest } from './ingest-server.ts';

const keys = { identitySecrets: [IDENTITY_SECRET, 'the secret before that one'] };

type Claims = { sub?: string | undefined; aud?: string | undefined; exp?: number; nbf?: number };

function sign(
  { sub = 'ada', aud = 'goodturn', exp = START + HOUR, nbf }: Claims = {},
  secret = IDENTITY_SECRET,
  alg = 'HS256',
) {
  const payload = { sub, aud, exp: exp / 1000, ...(nbf === undefined ? {} : { nbf: nbf / 1000 }) };
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

describe('a user token', () => {
  test('names its user', async () => {
    expect(await verifyUserToken(keys, await sign(), START)).toMatchObject({ userId: 'ada' });
  });

  test('signed with the secret before is good while that one is kept', async () => {
    expect(await verifyUserToken(keys, await sign({}, 'the secret before that one'), START)).toMatchObject({
      userId: 'ada',
    });
  });

  test('of a backend whose clock is a few seconds ahead is good', async () => {
    expect(
      await verifyUserToken(
        keys,
        await sign({ nbf: START + 5 * SECOND, exp: START + DAY + 5 * SECOND }),
        START,
      ),
    ).toMatchObject({ userId: 'ada' });
  });

  test.each<[string, () => Promise<string>, string]>([
    ['that has just run out', () => sign({ exp: START }), 'has expired'],
    ['that ran out long ago', () => sign({ exp: START - DAY }), 'has expired'],
    ['that lives for two days', () => sign({ exp: START + 2 * DAY }), 'lives longer than 24 hours'],
    ['that is not valid yet', () => sign({ nbf: START + HOUR }), 'nbf'],
    ['for another audience', () => sign({ aud: 'billing' }), 'expected "goodturn"'],
    ['for nobody', () => sign({ sub: '' }), 'has no sub'],
    ['for a name of ours', () => sign({ sub: 'email:eve@x.example' }), 'has no sub'],
    ['of a stranger', () => sign({}, 'the secret of a stranger'), 'not signed with our IDENTITY_SECRET'],
    ['in another algorithm', () => sign({}, IDENTITY_SECRET.repeat(3), 'HS512'), 'not signed with HS256'],
    ['that is none', () => Promise.resolve('a.b.c'), 'no JWT'],
    [
      'without a signature',
      async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await sign()).split('.')[1]}.`,
      'HS256',
    ],
  ])('%s is refused', async (_what, make, fault) => {
    expect(await verifyUserToken(keys, await make(), START)).toEqual({
      fault: expect.stringContaining(fault),
    });
  });

  test('cannot be checked when no secret is configured', async () => {
    expect(await verifyUserToken({ identitySecrets: [] }, await sign(), START)).toEqual({
      fault: expect.stringContaining('no IDENTITY_SECRET'),
    });
  });
});

describe('a browser with a user token', () => {
  const send = async (message: object, headers: Record<string, string>) => {
    const server = await startIngest({ now: START });
    try {
      const body = JSON.stringify({
        writeKey: 'pk_test',
        batch: [{ type: 'track', event: 'X', userId: 'ada', ...message }],
      });
      const { status } = await sendRaw(`${server.url}/v1/b`, { headers, body });
      return { status, trust: server.events()[0]?.trust, rejected: server.rejections().length };
    } finally {
      await server.close();
    }
  };

  test('is believed about itself, by header or in the event', async () => {
    const token = await sign();
    expect(await send({}, { authorization: `Bearer ${token}` })).toEqual({
      status: 200,
      trust: 'user',
      rejected: 0,
    });
    expect(await send({ context: { goodturn_token: token } }, {})).toEqual({
      status: 200,
      trust: 'user',
      rejected: 0,
    });
  });

  test('is not believed about somebody else', async () => {
    expect(await send({ userId: 'eve' }, { authorization: `Bearer ${await sign()}` })).toMatchObject({
      status: 200,
      rejected: 1,
    });
  });

  test('gets 401 for a bad token of the request, and a public event for one inside an event', async () => {
    const stale = await sign({ exp: START - HOUR });
    expect(await send({}, { authorization: `Bearer ${stale}` })).toMatchObject({
      status: 401,
      trust: undefined,
    });
    expect(await send({ context: { goodturn_token: stale } }, {})).toEqual({
      status: 200,
      trust: 'public',
      rejected: 0,
    });
  });
});
