import { describe, expect, test } from 'vitest';
import {
  hears,
  makeWebhookSecret,
  nextPost,
  signatureHeaders,
  webhookType,
} from '../../src/delivery/webhook.ts';

test('a message is signed as the Standard Webhooks specification has it', () => {
  // The example that its libraries are tested with.
  const headers = signatureHeaders(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    '{"test": 2432232314}',
    1_614_265_330_000,
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a secret has 32 bytes, and no two are the same', () => {
  expect(Buffer.from(makeWebhookSecret().slice('whsec_'.length), 'base64')).toHaveLength(32);
  expect(makeWebhookSecret()).not.toBe(makeWebhookSecret());
});

describe('a subscription', () => {
  test.each([
    [['*'], 'ask.sent', true],
    [['ask.*'], 'ask.sent', true],
    [['ask.*'], 'referral.won', false],
    [['referral.won'], 'referral.won', true],
    [['referral.won'], 'referral.lost', false],
  ])('to %j and %s: %s', (events, type, expected) => {
    expect(hears(events, type)).toBe(expected);
  });

  test('names events as types', () => {
    expect(webhookType('Referral Meeting Held')).toBe('referral.meeting_held');
    expect(webhookType('Ask Sent')).toBe('ask.sent');
  });
});

test('a message is tried eight times over some 28 hours', () => {
  let at = 0;
  let tries = 1;
  for (let next = nextPost(tries, at); next !== undefined; next = nextPost(tries, at)) {
    at = next;
    tries += 1;
  }
  expect(tries).toBe(8);
  expect(at / 3_600_000).toBeCloseTo(27.6, 1);
});
