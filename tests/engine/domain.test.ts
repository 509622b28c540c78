import { describe, expect, test } from 'vitest';
import { domainOf, isAtDomain, isOurOwn, isSameText } from '../../src/engine/domain.ts';

describe('the domain of an address', () => {
  test.each([
    ['ada@Customer.Example', 'customer.example'],
    ['  ada@customer.example\n', 'customer.example'],
    ['"a@b"@customer.example', 'customer.example'],
    ['a@b', 'b'],
  ])('of %j is %s', (address, domain) => {
    expect(domainOf(address)).toBe(domain);
  });

  test.each([
    '',
    'ada',
    '@customer.example',
    'ada@',
    'ada lovelace@customer.example',
    7,
    true,
    null,
    undefined,
  ])('%j is no address', (address) => {
    expect(domainOf(address)).toBeUndefined();
  });
});

test('a domain is at another when it is that or under it, whatever the case', () => {
  const at = (domain: string) => isAtDomain(domain, ['x.test', 'Customer.example']);
  expect(at('customer.EXAMPLE')).toBe(true);
  expect(at('eu.customer.example')).toBe(true);
  expect(at('notcustomer.example')).toBe(false);
  expect(at('customer.example.org')).toBe(false);
  expect(at('example')).toBe(false);
  expect(at('t')).toBe(false);
  expect(isAtDomain('customer.example', [])).toBe(false);
});

test('texts are the same whatever their case, and no others are', () => {
  expect(isSameText('Pro', 'pRO')).toBe(true);
  expect(isSameText('pro', 'pr0')).toBe(false);
  expect(isSameText('pro', 'prof')).toBe(false);
  // The capital of this letter is two, and in small letters they are its equals only in part.
  expect(isSameText('İ', 'i\u0307')).toBe(false);
});

test('the team is not asked, unless it wants to see what customers would', () => {
  const teamDomains = ['vendor.example'];
  expect(isOurOwn('vendor.example', { teamDomains })).toBe(true);
  expect(isOurOwn('customer.example', { teamDomains })).toBe(false);
  expect(isOurOwn('vendor.example', { teamDomains, asksTeam: true })).toBe(false);
  expect(isOurOwn('vendor.example', { teamDomains, asksTeam: false })).toBe(true);
});
