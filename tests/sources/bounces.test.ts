import { describe, expect, test } from 'vitest';
import { readBounceMail, reportOfNotice } from '../../src/sources/bounces.ts';

const ORIGINAL = `Message-ID: <email_1.mark@vendor.example>
From: Sam <growth@vendor.example>
To: ada@customer.example
Subject: A small favour
`;

/** A delivery status notification (RFC 3464) as mail servers write it. */
const dsn = (fields: string, original: string | null = ORIGINAL, kind = 'message/rfc822') =>
  Buffer.from(
    `From: MAILER-DAEMON@mx.customer.example
To: growth@vendor.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

This is the mail system. I'm sorry.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example
Arrival-Date: Wed, 07 Jan 2026 10:00:00 +0000

${fields}
${original === null ? '' : `--b1\nContent-Type: ${kind}\n\n${original}\nHello Ada\n`}--b1--
`.replaceAll('\n', '\r\n'),
  );

const about = { messageId: '<email_1.mark@vendor.example>', address: 'ada@customer.example' };

describe('a mail that came back', () => {
  test('of a mailbox that does not exist', async () => {
    const fields = `Final-Recipient: rfc822; ada@customer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ada@customer.example>:
 no such user
`;
    expect(await readBounceMail(dsn(fields))).toEqual([
      { ...about, kind: 'failed', status: '5.1.1', reason: expect.stringContaining('no such user') },
    ]);
  });

  test('names its recipient as it was written to, where it was forwarded', async () => {
    const fields = `Original-Recipient: rfc822;ada@customer.example
Final-Recipient: rfc822;ada@elsewhere.example
Action: failed
Status: 5.2.1
`;
    expect(await readBounceMail(dsn(fields))).toMatchObject([{ ...about, kind: 'failed', status: '5.2.1' }]);
  });

  test('with only the headers of the mail it is about', async () => {
    const fields = 'Final-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.7.1\n';
    expect(await readBounceMail(dsn(fields, ORIGINAL, 'text/rfc822-headers'))).toMatchObject([
      { ...about, status: '5.7.1' },
    ]);
  });

  test.each([
    'Action: delayed\nStatus: 4.4.1',
    'Action: failed\nStatus: 4.2.2',
    'Action: relayed\nStatus: 2.1.9',
  ])('or only might: %j', async (fields) => {
    const report = await readBounceMail(dsn(`Final-Recipient: rfc822; ada@customer.example\n${fields}\n`));
    expect(report).toMatchObject([{ kind: 'delayed' }]);
  });

  test('of several recipients, each with its own fields', async () => {
    const fields = `Final-Recipient: rfc822; ada@customer.example
Action: failed
Status: 5.1.1

Final-Recipient: rfc822; ben@customer.example
Action: delayed
Status: 4.4.1
`;
    expect(await readBounceMail(dsn(fields))).toMatchObject([
      { address: 'ada@customer.example', kind: 'failed' },
      { address: 'ben@customer.example', kind: 'delayed' },
    ]);
  });

  test('without the mail it is about is told by nothing', async () => {
    const fields = 'Final-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.1.1\n';
    const [report] = await readBounceMail(dsn(fields, null));
    expect(report).not.toHaveProperty('messageId');
  });
});

test('a complaint names the mail it is about (RFC 5965)', async () => {
  const mail = `From: <abuse@provider.example>
To: growth@vendor.example
Subject: FW: A small favour
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain

This is an abuse report.
--b1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <ada@customer.example>

--b1
Content-Type: message/rfc822

${ORIGINAL}
Hello Ada
--b1--
`;
  expect(await readBounceMail(Buffer.from(mail))).toMatchObject([{ ...about, kind: 'complaint' }]);
});

test('an automatic answer is no report', async () => {
  const mail = `From: ada@customer.example\nSubject: Out of office\nAuto-Submitted: auto-replied\nIn-Reply-To: ${about.messageId}\n\nBack on Monday. Status: 5.1.1 Action: failed\n`;
  expect(await readBounceMail(Buffer.from(mail))).toEqual([]);
});

test.each([
  '',
  '\0\0\0',
  'Content-Type: multipart/report; boundary=b\n\n--b\n--b\n--b--',
  'x'.repeat(100_000),
])('what is no mail gives nothing: %#', async (text) => {
  expect(await readBounceMail(Buffer.from(text))).toEqual([]);
});

test('a hook that gives no code means a missing mailbox, unless it says otherwise', () => {
  expect(reportOfNotice({ type: 'bounce', email: 'a@b.example' })).toMatchObject({
    kind: 'failed',
    status: '5.1.1',
  });
  expect(reportOfNotice({ type: 'bounce', permanent: false })).toMatchObject({ kind: 'delayed' });
  expect(reportOfNotice({ type: 'bounce', status: '4.2.2' })).toMatchObject({ kind: 'delayed' });
  expect(reportOfNotice({ type: 'bounce', status: '5.7.1', message_id: 'a@b' })).toMatchObject({
    kind: 'failed',
    status: '5.7.1',
    messageId: '<a@b>',
  });
});
