import { expect, test } from 'vitest';
import { createDomainThrottle, THROTTLE_WINDOW } from '../../src/delivery/domain-throttle.ts';

const NOW = 1_000_000_000;

test('twenty mails go to a domain, then the next waits a minute', () => {
  const throttle = createDomainThrottle(new Map([['acme.example', { count: 15 }]]));
  const waits = Array.from({ length: 6 }, () => throttle.waitUntil('acme.example', NOW));
  expect(waits).toEqual([...Array(5).fill(undefined), NOW + THROTTLE_WINDOW]);
  expect(throttle.waitUntil('other.example', NOW)).toBeUndefined();
});

test('after a domain put one off, the others wait until a minute has passed', () => {
  const throttle = createDomainThrottle(new Map([['acme.example', { count: 1, deferredAt: NOW - 1_000 }]]));
  expect(throttle.waitUntil('acme.example', NOW)).toBe(NOW - 1_000 + THROTTLE_WINDOW);
  expect(throttle.waitUntil('acme.example', NOW - 1_000 + THROTTLE_WINDOW)).toBeUndefined();
});
