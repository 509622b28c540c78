import { holdAccount } from '../db/accounts.ts';
import type { AskRow } from '../db/ask-row.ts';
import { findAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { findMail, mailIdOfAsk } from '../db/mails.ts';
import { insertSuppression } from '../db/suppressions.ts';
import { parseAddress } from '../delivery/address.ts';
import { askIdIn } from '../delivery/email.ts';
import type { Message } from '../delivery/mailer.ts';
import { saysNoMailbox } from '../delivery/smtp-verdict.ts';
import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';
import { normaliseAddress } from '../keys.ts';
import type { BounceReport } from '../sources/bounces.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { settleAsk } from './accept-ask.ts';
import { giveUpAsk } from './fail-ask.ts';
import { lookAgain } from './look-again.ts';
import { suppressAddresses } from './suppress-addresses.ts';
import { withEvents } from './with-events.ts';

/** What became of a report; `ignored` ones say why. */
export type BounceOutcome =
  | { readonly outcome: 'failed' | 'suppressed' }
  | { readonly outcome: 'ignored'; readonly because: string };

/**
 * Takes in that a mail did not arrive, or that its reader complained. Reports come from strangers: they count for the
 * mail whose Message-ID they carry, which only we can make. `isTrusted`: from the mail provider itself, so that it may
 * also name an address alone. The same report again changes nothing.
 */
export async function recordBounce(
  deps: Deps,
  report: BounceReport,
  { isTrusted }: { readonly isTrusted: boolean },
): Promise<BounceOutcome> {
  if (report.kind === 'delayed') return ignored('it may yet arrive');
  const askId = report.messageId === undefined ? undefined : askIdIn(deps.keys, report.messageId);
  if (askId !== undefined) return recordForAsk(deps, askId, report);
  return isTrusted ? recordForAddress(deps, report) : ignored('it is about no mail of ours');
}

function recordForAsk(deps: Deps, askId: string, report: BounceReport): Promise<BounceOutcome> {
  return withEvents<BounceOutcome>(deps, async (tx) => {
    const found = await findAsk(tx, askId);
    if (found === undefined) return { result: ignored('its ask is gone'), events: [] };
    await holdAccount(tx, found.accountId);
    const ask = (await findAsk(tx, askId)) ?? found;
    const sent = await findMail<Message>(tx, mailIdOfAsk(askId));
    // In rehearsal it went to the team.
    if (sent === undefined || sent.message.to.address !== sent.meantFor)
      return { result: ignored('it did not go to a customer'), events: [] };
    const now = deps.clock();
    // A mailbox that it was forwarded to may be gone while theirs is not.
    const isTheirs = report.address === undefined || isSame(report.address, sent.meantFor);
    const endsAddress = report.kind === 'complaint' || (isHard(report) && isTheirs);
    if (endsAddress) await suppress(deps, tx, sent.meantFor, report, now);
    const events =
      report.kind === 'complaint' ? await decline(tx, ask, now) : await fail(tx, ask, report, now);
    if (endsAddress) await lookAgain(deps, tx, [ask.personId]);
    return { result: { outcome: endsAddress ? 'suppressed' : 'failed' }, events };
  });
}

async function decline(tx: Sql, ask: AskRow, now: Instant): Promise<readonly ReportedEvent[]> {
  return ask.kind === 'ask' ? (await settleAsk(tx, ask, 'declined', now)).events : [];
}

async function fail(tx: Sql, ask: AskRow, report: BounceReport, now: Instant): Promise<readonly []> {
  await giveUpAsk(tx, ask, reasonOf(report), now, ['delivered', 'unknown']);
  return [];
}

async function recordForAddress(deps: Deps, report: BounceReport): Promise<BounceOutcome> {
  if (report.kind === 'failed' && !isHard(report)) return ignored('it is about no mail of ours');
  const parsed = parseAddress(report.address ?? '');
  if ('fault' in parsed) return ignored(parsed.fault);
  await suppressAddresses(deps, [parsed.address], { scope: 'all', reason: reasonOf(report) });
  return { outcome: 'suppressed' };
}

const suppress = (deps: Deps, tx: Sql, address: string, report: BounceReport, at: Instant) =>
  insertSuppression(tx, {
    addressHash: deps.keys.hashAddress(address),
    scope: 'all',
    reason: reasonOf(report),
    at,
  });

// Suppressions outlive the person's erasure, so the address itself is not in their reason.
const reasonOf = ({ kind, reason, address }: BounceReport) =>
  `${kind === 'complaint' ? 'complained' : 'bounced'}: ${address ? reason.replaceAll(address, 'the address') : reason}`.slice(
    0,
    200,
  );

const isHard = ({ kind, status }: BounceReport) => kind === 'failed' && saysNoMailbox(status);

const isSame = (a: string, b: string) => normaliseAddress(a) === normaliseAddress(b);

const ignored = (because: string) => ({ outcome: 'ignored', because }) as const;
