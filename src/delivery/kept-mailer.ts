import type { Logger } from 'pino';
import type { Mailer } from './mailer.ts';

/**
 * Keeps mails instead of sending them, for operators to read at /mail. In force when there is no SMTP server. The log says
 * neither to whom nor what: it is kept by others, and the links in a mail are powers.
 */
export function createKeptMailer(log: Logger): Mailer {
  return {
    send: async (message) => {
      log.info(
        { messageId: message.messageId },
        'mail kept, not sent: there is no SMTP_URL; read it at /mail',
      );
      return { status: 'kept' };
    },
  };
}
