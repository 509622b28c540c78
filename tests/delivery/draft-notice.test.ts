import { describe, expect, test } from 'vitest';
import { emptyContext, type TemplateContext } from '../../src/catalog/template-context.ts';
import { type DraftNotice, draftNotice, draftReminder } from '../../src/delivery/draft-notice.ts';

const at = (text: string) => Date.parse(text);
const link = 'https://asks.vendor.example/d/ask_1.mark';

const context = (overrides: Partial<TemplateContext> = {}): TemplateContext => {
  const empty = emptyContext();
  return {
    ...empty,
    person: { ...empty.person, name: 'Ada Lovelace', first_name: 'Ada', email: 'ada@acme.example' },
    account: { ...empty.account, name: 'Acme' },
    owner: { name: 'Sam Ortiz', first_name: 'Sam', email: 'sam@vendor.example' },
    signals: [
      { name: 'promoter', says: 'Ada gave a 10', points: 50 },
      { name: 'habit', says: '12 workflows in 30 days', points: 14 },
    ],
    event: {
      name: 'NPS Answered',
      occurred_at: at('2026-05-14T09:00:00Z'),
      properties: { score: 10, comment: 'Saves us\nhours  every <b>week</b>' },
    },
    product: { name: 'Flowly' },
    ...overrides,
  };
};

const notice = (overrides: Partial<DraftNotice> = {}): DraftNotice => ({
  kind: 'ask',
  context: context(),
  draft: { subject: 'A small favour', text: 'Hi Ada,\n\nwould you?\n' },
  link,
  zone: 'Europe/Vienna',
  ...overrides,
});

const onTime = { until: at('2026-05-15T08:00:00Z'), at: at('2026-05-15T08:00:00Z') };

describe('the mail to an owner', () => {
  test('says whom, why now with dates, in which words, and where', () => {
    const { subject, text } = draftNotice(
      notice({ datedAt: { habit: at('2026-05-12T12:00:00Z') }, expiresAt: at('2026-05-28T08:00:00Z') }),
    );
    expect(subject).toBe('Ada Lovelace at Acme: a good moment to ask for an introduction');
    expect(text).toBe(`Hi Sam,

Ada Lovelace at Acme looks ready to vouch for Flowly. Asked by you it is a favour between people; asked by a form it is not.

Why now
- Gave 10 of 10 on Thu 14 May: “Saves us hours every <b>week</b>”
- Ada gave a 10
- 12 workflows in 30 days (Tue 12 May)

A draft to start from, for ada@acme.example:

> Subject: A small favour
>
> Hi Ada,
>
> would you?

Change it, send it from your own mailbox, or say "not this one":
${link}

It waits until Thursday 28 May at 10:00 CEST.
`);
  });

  test('has one link, and nothing a customer wrote is markup', () => {
    const { html } = draftNotice(notice());
    expect(html.match(/<a href="[^"]*"/g)).toEqual([`<a href="${link}"`]);
    expect(html).toContain('&lt;b&gt;week&lt;/b&gt;');
  });

  test('tells until when there is time where the email waits for a better hour', () => {
    const instead = { until: at('2026-05-15T02:00:00Z'), at: at('2026-05-15T07:00:00Z') };
    expect(draftNotice(notice({ instead })).text).toContain(
      'If you do nothing until Friday 15 May at 04:00 CEST, an email goes to Ada in your name on Friday 15 May at 09:00 CEST.',
    );
  });

  test('tells that an email goes out if nothing is done', () => {
    const { text } = draftNotice(notice({ instead: onTime, expiresAt: at('2026-05-28T08:00:00Z') }));
    expect(text).toContain(
      'If you do nothing, an email goes to Ada in your name on Friday 15 May at 10:00 CEST.',
    );
    expect(text).not.toContain('It waits until');
  });

  test('reads well when next to nothing is known', () => {
    const { subject, text } = draftNotice(notice({ context: emptyContext(), zone: 'Not/AZone' }));
    expect(subject).toBe('Someone there: a good moment to ask for an introduction');
    expect(text).toMatch(/^Hello,\n\nSomeone there looks ready/);
    expect(text).not.toMatch(/null|undefined|Why now/);
  });

  test('to thank names what came of the referral', () => {
    const empty = emptyContext();
    const won = context({
      referral: { ...empty.referral, company: 'Globex' },
      event: { name: 'Referral Won', occurred_at: at('2026-05-14T09:00:00Z'), properties: {} },
      signals: [],
    });
    const { subject, text } = draftNotice(notice({ kind: 'thanks', context: won }));
    expect(subject).toBe('Worth thanking Ada Lovelace in person: Globex became a customer');
    expect(text).toContain('Ada Lovelace at Acme introduced us to Globex, and it became a customer.');
    expect(text).toContain('- Globex became a customer on Thu 14 May');
    expect(text).not.toContain('vouch');
  });

  test('to thank after bad news does not speak of good news', () => {
    const empty = emptyContext();
    const event = { name: 'Referral Lost', occurred_at: 0, properties: {} };
    const lost = context({ referral: { ...empty.referral, company: 'Globex' }, event });
    expect(draftNotice(notice({ kind: 'thanks', context: lost })).subject).toBe(
      'Worth thanking Ada Lovelace in person: Globex decided against it',
    );
  });

  test.each([
    ['Kind Words', { text: 'You people are great' }, 'Wrote on Thu 14 May: “You people are great”'],
    ['Business Review Held', {}, 'Business review on Thu 14 May'],
    ['Workflow Completed', {}, 'Workflow Completed on Thu 14 May'],
    ['Kind Words', { text: 'x'.repeat(500) }, `Wrote on Thu 14 May: “${'x'.repeat(279)}…”`],
    ['NPS Answered', { score: null, comment: { a: 1 } }, 'Answered the survey on Thu 14 May'],
  ])('puts %s %j into words', (name, properties, words) => {
    const event = { name, occurred_at: at('2026-05-14T09:00:00Z'), properties };
    expect(draftNotice(notice({ context: context({ event }) })).text).toContain(`- ${words}\n`);
  });
});

test('the reminder is short, and says until when', () => {
  const { subject, text } = draftReminder(notice({ expiresAt: at('2026-05-28T08:00:00Z') }));
  expect(subject).toBe('Still waiting: the draft to ask Ada Lovelace');
  expect(text).toContain('is still waiting until Thursday 28 May at 10:00 CEST.');
  expect(text).toContain(link);
  expect(text).not.toContain('> Hi Ada');
});

test('the reminder does not say that nothing happens when an email would go out', () => {
  const { text } = draftReminder(notice({ instead: onTime }));
  expect(text).toContain('If you do nothing, an email goes to Ada in your name');
  expect(text).not.toContain('nothing else happens');
});
