import { oneLine } from './address.ts';
import type { SendResult } from './mailer.ts';

/** What a failed SMTP conversation left us. */
export type SmtpFailure = {
  /** The server let the message come: its answer to DATA was the go-ahead (354). */
  readonly goAhead: boolean;
  /** Of the server's refusal, where there was one. */
  readonly responseCode?: number;
  readonly response?: string;
  /** The library's code and the command in flight: `CONN`, `EHLO`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`, `API`. */
  readonly code?: string;
  readonly command?: string;
  readonly message: string;
};

/**
 * Tells "provably not delivered" from "may have arrived". The error of a connection that broke is the same
 * before and after the go-ahead, so the go-ahead decides: once the server had it and gave no final answer,
 * nobody knows. A refusal (4xx, 5xx) is an answer at any time.
 */
export function judgeFailure(failure: SmtpFailure): Exclude<SendResult, { status: 'sent' | 'kept' }> {
  const reason = oneLine(failure.message).slice(0, 300);
  const code = failure.responseCode ?? 0;
  if (code >= 400 && code < 600) {
    return { status: 'failed', retry: code < 500 || refusesUs(failure), bounce: isBounce(failure), reason };
  }
  if (failure.goAhead) return { status: 'unknown', reason };
  return { status: 'failed', retry: !isOurFault(failure), bounce: false, reason };
}

// A permanent answer to greeting, EHLO, STARTTLS or AUTH speaks of our settings and not of this mail: a
// corrected password makes the next try good.
function refusesUs({ responseCode, command }: SmtpFailure): boolean {
  const judgesMail = command === 'MAIL FROM' || command === 'RCPT TO' || command === 'DATA';
  return !judgesMail || responseCode === 530 || responseCode === 535;
}

/**
 * The mailbox or its domain does not exist. A 5xx without an enhanced code is no bounce: many servers say 550 for policy too, and suppressing a
 * good address by mistake would be for ever.
 */
function isBounce({ responseCode, response, command }: SmtpFailure): boolean {
  if (command === 'MAIL FROM' || (responseCode ?? 0) < 500) return false;
  const [, status = ''] = /^5\d\d[ -]#?(5\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '') ?? [];
  return saysNoMailbox(status);
}

/** Of the enhanced codes of RFC 3463 those that speak of the recipient's address: 5.1.x, but 5.1.7 to 5.1.9 are about the sender. */
export function saysNoMailbox(status: string): boolean {
  return /^5\.1\.(?![789]$)\d{1,3}$/.test(status);
}

// Refused by the library before a byte was sent; the same mail would be refused again.
function isOurFault({ code, command }: SmtpFailure): boolean {
  return code === 'EENVELOPE' ||
    code === 'EMESSAGE' ||
    code === 'ESTREAM' ||
    code === 'EFILEACCESS' ||
    code === 'EURLACCESS'
    ? command === undefined || command === 'API' || command === 'MAIL FROM'
    : false;
}
