/** One mail to exactly one address, every field already validated. */
export type Message = {
  /** Deterministic, `<…@domain>`: a retry carries the same one. */
  readonly messageId: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly to: { readonly name: string; readonly address: string };
  readonly replyTo?: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Extra headers, e.g. List-Unsubscribe; values are single lines. */
  readonly headers: Readonly<Record<string, string>>;
};

export type SendResult =
  | { readonly status: 'sent'; readonly response: string }
  /** No SMTP server is configured: kept for operators to read. */
  | { readonly status: 'kept' }
  /** Provably not delivered. `retry`: worth another try; `bounce`: the address does not exist. */
  | { readonly status: 'failed'; readonly retry: boolean; readonly bounce: boolean; readonly reason: string }
  /** The connection went after the server's 354: it may have arrived, so it is never sent again by itself. */
  | { readonly status: 'unknown'; readonly reason: string };

/** The one port with more than one implementation: SMTP, and the keeper of mails without it. */
export interface Mailer {
  send(message: Message): Promise<SendResult>;
}
