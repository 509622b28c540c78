import type { Logger } from 'pino';
import type { Mailer } from './mailer.ts';

/** Keeps mails instead of sending them: the log has a readable copy. In force when there is no SMTP server. */
export function createKeptMailer(log: Logger): Mailer {
  return {
    send: async (message) => {
      log.info(
        {
          messageId: message.messageId,
          to: message.to.address,
          subject: message.subject,
          text: message.text,
        },
        'mail kept, not sent: there is no SMTP_URL',
      );
      return { status: 'kept' };
    },
    close: () => undefined,
  };
}
