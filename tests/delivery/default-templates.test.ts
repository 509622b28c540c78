import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublishedCatalog } from '../../src/catalog/published.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { buildContext, type ContextFacts } from '../../src/delivery/context.ts';
import { composeEmail } from '../../src/delivery/email.ts';
import type { Mailer, Message } from '../../src/delivery/mailer.ts';
import { renderMail, renderNudge } from '../../src/delivery/render.ts';
import { createSmtpMailer } from '../../src/delivery/smtp-mailer.ts';
import type { Scalar } from '../../src/engine/catalog.ts';
import { freePort } from '../free-port.ts';
import { type SmtpSink, startSmtp } from '../smtp-server.ts';
import { dkim, verified } from './signature.ts';

const EVIL = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '{{constructor}}',
  'https://evil.example/win',
  'www.evil.example',
  'a@evil.example',
  'Bcc: b@evil.example',
].join(' ');

type Customer = {
  readonly person: Readonly<Record<string, Scalar>>;
  readonly account: Readonly<Record<string, Scalar>>;
  readonly comment?: string;
  readonly referral?: string;
};

/** Customers that templates are least likely to have been tried with. */
const CUSTOMERS: Readonly<Record<string, Customer>> = {
  'with everything, in ordinary words': {
    person: { name: 'Ada Lovelace', title: 'Head of Operations' },
    account: { name: 'Acme', plan: 'business', csm_name: 'Sam Ortiz' },
    comment: 'The monthly report takes an hour now. It used to take three days.',
    referral: 'Newco',
  },
  'with very long names': {
    person: { name: `Ada ${'Maria Theresia '.repeat(40)}`, title: 'Head of '.repeat(80) },
    account: { name: 'Acme Holding '.repeat(60), csm_name: 'Sam '.repeat(100) },
    comment: 'It saves us so much time every month. '.repeat(200),
    referral: 'Newco International '.repeat(60),
  },
  'who write from right to left': {
    person: { name: 'عائشة الفاسي', title: 'مديرة العمليات' },
    account: { name: 'شركة النور', csm_name: 'דנה לוי' },
    comment: 'رائع جدًا، وفّر علينا أيامًا من العمل',
    referral: 'חברת אור',
  },
  'with emoji and accents': {
    person: { name: '🧑🏽‍💻 Žofie Dvořáková' },
    account: { name: 'Café 🚀 GmbH & Co. KG', csm_name: 'Zoë Ångström' },
    comment: 'Love it ❤️🔥 — “best tool” we’ve had…',
    referral: 'Naïve Σύστημα ⚙️',
  },
  'who write markup, links and headers': {
    person: { name: EVIL, title: EVIL },
    account: { name: EVIL, plan: EVIL, csm_name: EVIL },
    comment: `${EVIL}\r\nBcc: c@evil.example\r\n\r\n${EVIL}`,
    referral: EVIL,
  },
  'of whom nothing is known': { person: {}, account: {} },
};

const { catalog: published, faults } = await readCatalog({
  triggersDir: 'triggers',
  templatesDir: 'templates',
});
if (published === undefined) throw new Error(`The default catalog has faults: ${JSON.stringify(faults)}`);
const templates = [...published.templates.values()];
const mails = templates.filter(({ files }) => 'subject.hbs' in files);
const cards = templates.filter(({ files }) => 'title.hbs' in files);
const cases = mails.flatMap((folder) =>
  Object.entries(CUSTOMERS).map(([whom, customer]) => [folder.name, whom, folder, customer] as const),
);

let sink: SmtpSink;
let mailer: Mailer;
beforeAll(async () => {
  sink = await startSmtp();
  mailer = createSmtpMailer(sink.url, pino({ level: 'silent' }), { dkim });
});
afterAll(() => sink.close());

describe('a default mail', () => {
  test.each(cases)('%s, to customers %s, arrives as it was meant', async (_name, _whom, folder, customer) => {
    const message = messageOf(published, folder, customer);
    expect(await mailer.send(message)).toMatchObject({ status: 'sent' });
    const mail = sink.messages.at(-1);
    expect(mail?.to).toEqual(['ada@acme.example']);
    expect(mail?.parsed).toMatchObject({ subject: message.subject, text: message.text, html: message.html });
    expect(mail?.parsed.from?.value).toMatchObject([{ address: 'growth@vendor.example' }]);
    const results = await verified(mail?.raw ?? '');
    expect(results).toMatchObject([{ status: { result: 'pass' } }]);
    // What a customer wrote is text: it makes no markup and no link.
    expect(message.html).not.toMatch(/<(script|img)/i);
    expect(message.html).not.toMatch(/href="[^"]*evil/i);
    expect(message.text).not.toMatch(/\bnull\b|undefined|\[object/);
  });
});

describe('a default card', () => {
  const all = cards.flatMap((folder) =>
    Object.entries(CUSTOMERS).map(([whom, one]) => [folder, whom, one] as const),
  );
  test.each(all)('$name, for customers %s, is text', (folder, _whom, customer) => {
    const { title, body, action } = renderNudge(folder, null, contextOf(published, customer));
    for (const part of [title, body, action.label]) {
      expect(part.trim()).not.toBe('');
      expect(part).not.toMatch(/\bnull\b|undefined|\[object/);
    }
    expect(action.url).toBe('https://asks.vendor.example/a/t0k3n');
  });
});

const SPAMD = '/usr/sbin/spamd';
const isThere = existsSync(SPAMD);

describe.skipIf(!isThere)(
  isThere ? 'SpamAssassin' : 'SpamAssassin: skipped, because it is not installed',
  () => {
    let port: number;
    let spamd: ReturnType<typeof spawn>;
    beforeAll(async () => {
      port = await freePort();
      spamd = spawn(SPAMD, ['-L', '-p', String(port), '-m', '1', '-u', 'nobody', '-s', 'null'], {
        stdio: 'ignore',
      });
      await until(() => answers(port), 60_000);
    }, 90_000);
    afterAll(() => {
      spamd.kill();
    });

    test('gives no default mail more than 1.0', async () => {
      const scores: Record<string, number> = {};
      for (const [name, whom, folder, customer] of cases) {
        if (name.endsWith('-draft')) continue; // goes out from the owner's own mailbox
        await mailer.send(messageOf(published, folder, customer));
        scores[`${name}, to customers ${whom}`] = await scoreOf(port, sink.messages.at(-1)?.raw ?? '');
      }
      expect(Object.keys(scores).length).toBeGreaterThan(10);
      expect(Object.entries(scores).filter(([, score]) => score > 1)).toEqual([]);
    }, 120_000);
  },
);

function contextOf(
  { program }: Pick<PublishedCatalog, 'program'>,
  { person, account, comment, referral }: Customer,
) {
  const facts: ContextFacts = {
    person: { id: 'ada', traits: { ...person, email: 'ada@acme.example' } },
    account: { id: 'acme', traits: { ...account, csm_email: 'sam@vendor.example' } },
    ownerEmail: 'sam@vendor.example',
    readiness: {
      value: 71,
      contributions: [{ signal: 'promoter', points: 40, says: `${comment ?? 'A 10'}` }],
    },
    opening: {
      name: 'NPS Answered',
      occurredAt: Date.UTC(2026, 0, 7, 10),
      properties: { score: 10, ...(comment === undefined ? {} : { comment }) },
    },
    ...(referral === undefined
      ? {}
      : { referral: { id: 'ref_1', company: referral, name: referral, role: null, stage: 'won' } }),
    links: {
      advocate: 'https://asks.vendor.example/a/t0k3n',
      referral: 'https://asks.vendor.example/r/c0d3',
      unsubscribe: 'https://asks.vendor.example/unsubscribe/t0k3n',
    },
    productName: 'Flowly',
    program,
  };
  return buildContext(facts);
}

function messageOf(
  catalog: Pick<PublishedCatalog, 'program'>,
  folder: (typeof mails)[number],
  customer: Customer,
): Message {
  const context = contextOf(catalog, customer);
  const composed = composeEmail(
    {
      id: 'ask_1',
      purpose: 'ask',
      to: { name: context.person.name, address: 'ada@acme.example' },
      owner: { name: context.owner.name, address: 'sam@vendor.example' },
      rendered: renderMail(folder, null, context),
      unsubscribeUrl: context.link.unsubscribe ?? '',
    },
    {
      MAIL_FROM: 'growth@vendor.example',
      MODE: 'live',
      REHEARSAL_TO: 'growth@vendor.example',
      PRODUCT_NAME: 'Flowly',
    },
  );
  if ('fault' in composed) throw new Error(composed.fault);
  return composed.message;
}

/** As `spamc -c` prints it: `0.0/5.0`. The exit code only says whether it is spam. */
function scoreOf(port: number, raw: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = execFile('spamc', ['-c', '-p', String(port)], (_error, stdout) => {
      const [, score] = /^(-?[\d.]+)\//.exec(stdout) ?? [];
      if (score === undefined) reject(new Error(`spamc said ${JSON.stringify(stdout)}`));
      else resolve(Number(score));
    });
    child.stdin?.end(raw);
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function until(condition: () => Promise<boolean>, patience: number): Promise<void> {
  const end = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('spamd did not start.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
