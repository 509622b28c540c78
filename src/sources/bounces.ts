import PostalMime from 'postal-mime';
import { z } from 'zod';

/** That a mail we sent did not arrive, or was not welcome. */
export type BounceReport = {
  /** `delayed`: it may yet arrive; `complaint`: its reader called it spam. */
  readonly kind: 'failed' | 'delayed' | 'complaint';
  /** Of the mail it is about, `<…@…>`. */
  readonly messageId?: string;
  readonly address?: string;
  /** The enhanced status code (RFC 3463), such as 5.1.1; empty when there was none. */
  readonly status: string;
  readonly reason: string;
};

/** A mail with a report in it; what is no report, like an automatic answer, gives none. Throws for what is no mail. */
export async function readBounceMail(raw: Uint8Array): Promise<BounceReport[]> {
  const mail = await PostalMime.parse(raw, {
    forceRfc822Attachments: true,
    attachmentEncoding: 'utf8',
    maxNestingDepth: 16,
    maxHeadersSize: 256 * 1024,
  });
  const partOf = (...types: readonly string[]) => {
    const content = mail.attachments.find(({ mimeType }) => types.includes(mimeType))?.content;
    return typeof content === 'string' ? content : undefined;
  };
  const original = await headersOf(partOf('message/rfc822', 'text/rfc822-headers') ?? '');
  const messageId = original.get('message-id') ?? mail.inReplyTo ?? lastOf(mail.references);
  const about = messageId === undefined ? {} : { messageId };
  const complaint = partOf('message/feedback-report');
  if (complaint !== undefined) return complaintIn(await headersOf(complaint), about);
  const status = partOf('message/delivery-status');
  if (status === undefined) return [];
  const [, ...recipients] = await Promise.all(status.split(/\r?\n[ \t]*\r?\n/).map(headersOf));
  return recipients.filter((fields) => fields.has('action')).map((fields) => reportOf(fields, about));
}

/** What a mail provider's hook reports, in our one shape; see docs/api.md. */
export const BounceNotice = z.object({
  type: z.enum(['bounce', 'complaint']),
  message_id: z.string().max(1000).optional(),
  email: z.string().max(320).optional(),
  /** An enhanced status code such as 5.1.1. */
  status: z.string().max(20).optional(),
  permanent: z.boolean().optional(),
  reason: z.string().max(2000).optional(),
});

/** Without a code a bounce that is called permanent, or not called anything, is taken for a missing mailbox. */
export function reportOfNotice(notice: z.infer<typeof BounceNotice>): BounceReport {
  const { type, message_id: messageId, email: address, status = '' } = notice;
  const isPermanent = notice.permanent ?? !status.startsWith('4.');
  return {
    ...(messageId === undefined ? {} : { messageId: bracketed(messageId) }),
    ...(address === undefined ? {} : { address }),
    kind: type === 'complaint' ? 'complaint' : isPermanent ? 'failed' : 'delayed',
    status: status === '' && type === 'bounce' && isPermanent ? NO_SUCH_MAILBOX : status,
    reason: notice.reason ?? (status || type),
  };
}

const NO_SUCH_MAILBOX = '5.1.1';

type Fields = ReadonlyMap<string, string>;

// RFC 3464: a group of fields for each recipient.
function reportOf(fields: Fields, about: { messageId?: string }): BounceReport {
  const [status = ''] = /\d\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '') ?? [];
  const action = (fields.get('action') ?? '').toLowerCase();
  const address = addressIn(fields.get('original-recipient')) ?? addressIn(fields.get('final-recipient'));
  const reason = [status, addressIn(fields.get('diagnostic-code'))].filter(Boolean).join(' ') || action;
  const isFinal = action === 'failed' && !status.startsWith('4.');
  return {
    ...about,
    ...(address === undefined ? {} : { address }),
    kind: isFinal ? 'failed' : 'delayed',
    status,
    reason,
  };
}

// RFC 5965. Other kinds of feedback, such as "not-spam", are no complaint.
function complaintIn(fields: Fields, about: { messageId?: string }): BounceReport[] {
  const type = (fields.get('feedback-type') ?? '').toLowerCase();
  if (type !== 'abuse' && type !== 'fraud' && type !== 'opt-out') return [];
  const address = addressIn(fields.get('original-rcpt-to'));
  const reason = `feedback: ${type}`;
  return [{ ...about, ...(address === undefined ? {} : { address }), kind: 'complaint', status: '', reason }];
}

async function headersOf(text: string): Promise<Fields> {
  const { headers } = await PostalMime.parse(`${text.trim()}\r\n\r\n`, { maxHeadersSize: 256 * 1024 });
  return new Map(headers.map(({ key, value }) => [key, value.trim()]));
}

// `rfc822; ada@acme.example` and `smtp; 550 no such user` name the kind of what follows.
const addressIn = (field: string | undefined) =>
  field
    ?.replace(/^[\w-]+\s*;/, '')
    .replace(/[<>]/g, '')
    .trim() || undefined;

const lastOf = (references: string | undefined) => references?.trim().split(/\s+/).at(-1);

const bracketed = (messageId: string) => (messageId.startsWith('<') ? messageId : `<${messageId}>`);
