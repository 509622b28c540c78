import type { Mailer, Message, SendResult } from '../src/delivery/mailer.ts';

export type ScriptedMailer = Mailer & {
  /** Every message it was given, also those it did not deliver. */
  readonly messages: Message[];
  /** What becomes of the next messages, one each; after that they are sent. A promise keeps its sender waiting. */
  readonly next: (...results: (SendResult | Promise<SendResult>)[]) => void;
  readonly reset: () => void;
};

/** A mailer that collects, and does what the test tells it to. */
export function createScriptedMailer(): ScriptedMailer {
  const messages: Message[] = [];
  const script: (SendResult | Promise<SendResult>)[] = [];
  return {
    messages,
    next: (...results) => script.push(...results),
    reset: () => {
      messages.length = 0;
      script.length = 0;
    },
    send: async (message) => {
      messages.push(message);
      return (await script.shift()) ?? { status: 'sent', response: '250 taken' };
    },
  };
}
