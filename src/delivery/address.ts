import { domainToASCII } from 'node:url';

export type ParsedAddress = { readonly address: string } | { readonly fault: string };

/**
 * Reads one email address by a grammar narrower than the mail standards': a dot-atom local part, a domain
 * in ASCII or IDNA. Quoted locals, comments, groups, lists and address literals are faults, because mail
 * libraries disagree about them. The domain comes back in lower-case ASCII, the local part as it was.
 */
export function parseAddress(text: string): ParsedAddress {
  const trimmed = text.trim();
  if (trimmed === '') return { fault: 'expected an email address, got nothing' };
  if (/\p{C}/u.test(trimmed))
    return { fault: 'expected an email address, got one with invisible characters' };
  if (/[\s,;:"()<>[\]\\]/.test(trimmed))
    return { fault: `expected one plain address, like ada@acme.example, got "${excerpt(trimmed)}"` };
  const at = trimmed.indexOf('@');
  if (at < 1 || at !== trimmed.lastIndexOf('@'))
    return { fault: `expected one @ with a name before it, got "${excerpt(trimmed)}"` };
  const local = trimmed.slice(0, at);
  if (!DOT_ATOM.test(local) || local.length > 64)
    return { fault: `the part before the @ is no mailbox name: "${excerpt(local)}"` };
  const domain = asciiDomain(trimmed.slice(at + 1));
  if (domain === undefined)
    return { fault: `the part after the @ is no domain: "${excerpt(trimmed.slice(at + 1))}"` };
  const address = `${local}@${domain}`;
  return address.length > 254 ? { fault: 'the address is longer than 254 characters' } : { address };
}

/** The lower-case ASCII domain of a parsed address. */
export const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** What a name is looked for in. The patterns below take the square of its length, and strangers choose that. */
const MOST_LOOKED_AT = 500;

/** A person's name, fit for a header or a sentence: one line, no web address, at most 80 characters. May be empty. */
export function safeName(name: string): string {
  // A lower-case ending after a dot is how mail programs guess at links; "St.Clair" and "J.R." stay.
  return safeLabel(
    name
      .slice(0, MOST_LOOKED_AT)
      .replace(/\S*[\p{L}\p{N}-]\.[a-z]{2,}(?=$|[\s,;:!?)'"]|\.(?:$|\s))/gu, ' ')
      .replace(/\S+@\S+/g, ' '),
  );
}

/** The same for a company's name, where "Booking.com" is a name and "https://booking.com/win" is not. */
export function safeLabel(text: string): string {
  const plain = text
    .slice(0, MOST_LOOKED_AT)
    .replace(/\b[a-z][a-z0-9+.-]{1,20}:\/\/\S*/gi, ' ')
    .replace(/\bwww\.\S*/gi, ' ')
    .replace(/\S+\.[a-z]{2,}[/?#:]\S*/gi, ' ')
    .replace(/[<>]/g, ' ');
  return [...oneLine(plain).replace(/^[\s.,;:]+/, '')].slice(0, 80).join('').trim();
}

/** One line of visible text: control and invisible characters become spaces, runs of space become one. */
export function oneLine(text: string): string {
  // The joiners inside emoji and some scripts are part of how a name is written.
  return text.replace(/(?![\u200c\u200d])[\p{C}\s]+/gu, ' ').trim();
}

/** Whether a link may be shown to people: `https`, or `http` for a local installation. */
export function isWebUrl(url: string): boolean {
  return /^https?:\/\/[^\s\p{C}"'<>`\\]+$/u.test(url) && URL.canParse(url);
}

const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

// The URL parser behind IDNA also decodes %41 and reads 0x7f.1 as an address of a host, so both are kept out.
function asciiDomain(text: string): string | undefined {
  if (/[^a-z0-9.-]/i.test(text.replace(/[^\p{ASCII}]/gu, ''))) return undefined;
  const domain = domainToASCII(text).toLowerCase();
  const labels = domain.split('.');
  if (domain.length > 253 || !labels.every((label) => LABEL.test(label))) return undefined;
  if (labels.length === 1) return domain === 'localhost' ? domain : undefined;
  return /^\d+$/.test(labels.at(-1) ?? '') || /^[\d.]+$|^0x/i.test(text) ? undefined : domain;
}

const excerpt = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
