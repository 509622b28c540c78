import { isFreeMail } from './free-mail.ts';

/** What attribution goes by: the company an address belongs to. */
export type Company = {
  /** The email domain; where that is free mail, the address itself. */
  readonly key: string;
  /** The key is a person's address, so it is no business of templates and analytics. */
  readonly private: boolean;
};

/** The company of an address, whatever the case it is written in. */
export function companyOf(address: string): Company {
  const domain = domainOf(address);
  return isFreeMail(domain) ? { key: lower(address), private: true } : { key: domain, private: false };
}

export function domainOf(address: string): string {
  const plain = lower(address); // which may be longer: İ becomes two characters
  return plain.slice(plain.lastIndexOf('@') + 1);
}

/**
 * One person's spellings made equal: case, `+tags`, and dots before the @. For comparing only,
 * never for sending: elsewhere than at Gmail `a.b@` and `ab@` may be two people.
 */
export function foldAddress(address: string): string {
  const at = lower(address).lastIndexOf('@');
  const [name = ''] = lower(address).slice(0, at).split('+');
  return `${name.replaceAll('.', '')}@${domainOf(address).replace(/^googlemail\.com$/, 'gmail.com')}`;
}

const lower = (address: string): string => address.trim().toLowerCase();
