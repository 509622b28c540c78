import { Analytics } from '@segment/analytics-node';
import { PostHog } from 'posthog-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY, type Duration, HOUR, MINUTE } from '../src/engine/time.ts';
import { type Receiver, startReceiver } from './analytics-receiver.ts';
import { START } from './builders.ts';
import { forEachDatabase } from './databases.ts';
import { BASE_URL, type House, openHouse } from './house.ts';
import { type SmtpSink, startSmtp } from './smtp-server.ts';

// The official clients stamp the real time; by their own rule it is corrected to the clock of the house.
const ago = (length: Duration) => new Date(Date.now() - length);
const linkIn = (text: string | undefined, page: string) =>
  new RegExp(`${BASE_URL}/${page}/[^\\s"<>]+`).exec(text ?? '')?.[0] ?? `no /${page}/ link`;

forEachDatabase('a promoter’s story', (open) => {
  let house: House;
  let smtp: SmtpSink;
  let segment: Receiver;
  let posthog: Receiver;

  beforeAll(async () => {
    [smtp, segment, posthog] = await Promise.all([startSmtp(), startReceiver(), startReceiver()]);
    house = await openHouse(open, {
      environment: {
        SMTP_URL: smtp.url,
        SEGMENT_WRITE_KEY: 'wk_of_segment',
        SEGMENT_HOST: segment.url,
        POSTHOG_PROJECT_KEY: 'phc_of_posthog',
        POSTHOG_HOST: posthog.url,
      },
    });
  });
  afterAll(async () => {
    await house.close();
    await Promise.all([smtp.close(), segment.close(), posthog.close()]);
  });

  async function throughSegment(say: (analytics: Analytics) => void): Promise<void> {
    const analytics = new Analytics({ writeKey: 'wk_test', host: house.url(), flushInterval: 20 });
    const faults: unknown[] = [];
    analytics.on('error', (fault) => faults.push(fault));
    say(analytics);
    await analytics.closeAndFlush({ timeout: 10_000 });
    expect(faults).toEqual([]);
  }

  async function throughPostHog(say: (client: PostHog) => void): Promise<void> {
    const client = new PostHog('wk_test', { host: house.url(), flushInterval: 0, flushAt: 100 });
    say(client);
    await client.shutdown(10_000);
  }

  const account = async (id: string) => (await house.secret('GET', `/v1/accounts/${id}`)).json;
  const asksOf = async (id: string) => (await house.secret('GET', `/v1/asks?account_id=${id}`)).json.asks;
  const mailsTo = (address: string) => smtp.messages.filter(({ to }) => to.includes(address));

  /** A customer of 200 days with one user, looked after by Sam unless said otherwise. */
  function introduce(analytics: Analytics, userId: string, groupId: string, traits: object = SAM): void {
    const [person, team] = [userId, groupId].map((id) => `${id[0]?.toUpperCase()}${id.slice(1)}`);
    analytics.identify({
      userId,
      timestamp: ago(150 * DAY),
      traits: { email: `${userId}@${groupId}.example`, name: `${person} Grace` },
    });
    const created_at = new Date(START - 200 * DAY).toISOString();
    analytics.group({
      userId,
      groupId,
      timestamp: ago(150 * DAY),
      traits: { name: `${team} Inc`, created_at, ...traits },
    });
  }
  const SAM = { csm_email: 'sam@vendor.example', csm_name: 'Sam Reed' };
  const work = (analytics: Analytics, userId: string, days: readonly number[]) =>
    days.map((day) => analytics.track({ userId, event: 'Workflow Completed', timestamp: ago(day * DAY) }));

  test('product events arrive through Segment, and nine workflows are not enough', async () => {
    await throughSegment((analytics) => {
      introduce(analytics, 'ada', 'acorn');
      work(analytics, 'ada', [40, 35, 30, 25, 20, 15, 10, 5, 3]);
    });
    expect(await account('acorn')).toMatchObject({ name: 'Acorn Inc', readiness: 0, contributions: [] });
    const nudges = await house.as('ada', 'GET', '/v1/nudges?account_id=acorn');
    expect(nudges.json).toEqual({ nudges: [], poll_after: 60 });
  });

  test('the tenth makes the account ready, and says why', async () => {
    await throughSegment((analytics) => work(analytics, 'ada', [0]));
    const { readiness, contributions } = await account('acorn');
    expect(readiness).toBeCloseTo(50, 0);
    expect(contributions).toMatchObject([
      { signal: 'activation_milestone', says: 'They have completed ten workflows' },
    ]);
  });

  test('the product app shows a nudge to whom it happened, and to nobody else', async () => {
    const first = await house.as('ada', 'GET', '/v1/nudges?account_id=acorn');
    expect(first.json.nudges).toMatchObject([
      { trigger: 'milestone-nudge', title: 'Who else should have this?', action: { label: 'Read the note' } },
    ]);
    const etag = first.headers.get('etag') ?? '';
    const again = await house.as('ada', 'GET', '/v1/nudges?account_id=acorn', {
      headers: { 'if-none-match': etag },
    });
    expect([again.status, again.text]).toEqual([304, '']);

    const empty = { nudges: [], poll_after: 60 };
    expect((await house.as('eve', 'GET', '/v1/nudges?account_id=acorn')).json).toEqual(empty);
    expect((await house.as('ada', 'GET', '/v1/nudges?account_id=birch')).json).toEqual(empty);
    const [nudge] = first.json.nudges;
    expect((await house.as('eve', 'POST', `/v1/nudges/${nudge.id}/shown`)).status).toBe(404);
    expect((await house.call('GET', '/v1/nudges', { key: await house.token('ada') })).status).toBe(401);
    const stale = await house.token('ada', { expiresIn: -HOUR });
    const headers = { 'x-goodturn-key': 'pk_test' };
    expect((await house.call('GET', '/v1/nudges', { key: stale, headers })).status).toBe(401);
    expect((await house.as('ada', 'GET', '/v1/advocates/eve')).status).toBe(403);
  });

  test('what she does with it is recorded once', async () => {
    const { id } = (await house.as('ada', 'GET', '/v1/nudges')).json.nudges[0];
    const say = (outcome: string) => house.as('ada', 'POST', `/v1/nudges/${id}/${outcome}`);
    expect((await say('shown')).json).toMatchObject({ id, status: 'delivered' });
    expect((await say('shown')).status).toBe(200);
    house.advance(MINUTE);
    const accepted = await say('accepted');
    expect(accepted.json).toMatchObject({ status: 'accepted' });
    expect((await say('accepted')).json).toEqual(accepted.json);
    expect((await say('declined')).status).toBe(409);
    expect((await house.as('ada', 'GET', '/v1/nudges')).json.nudges).toEqual([]);
  });

  test('a 9 in a PostHog survey brings a draft to the CSM, with the evidence in words', async () => {
    await throughSegment((analytics) => introduce(analytics, 'ben', 'birch'));
    await throughPostHog((client) => {
      const properties = {
        $survey_id: 'survey-1',
        $survey_name: 'NPS',
        $survey_response: 9,
        $survey_response_1: 'Month-end is an afternoon now',
        $survey_submission_id: 'response-of-ben',
      };
      client.capture({ distinctId: 'ben', event: 'survey sent', groups: { company: 'birch' }, properties });
    });
    await house.runJobs();
    const [mail] = mailsTo('sam@vendor.example');
    expect(mail?.parsed.text).toContain('Gave 9 of 10 on Wed 7 January');
    expect(mail?.parsed.text).toContain('Month-end is an afternoon now');
    expect(mailsTo('ben@birch.example')).toEqual([]);
    expect(await asksOf('birch')).toMatchObject([
      { channel: 'draft', status: 'open', person: 'ben', owner: 'sam@vendor.example' },
    ]);
  });

  test('the CSM edits the draft on its page and marks it as sent', async () => {
    const link = linkIn(mailsTo('sam@vendor.example')[0]?.parsed.text, 'd');
    const page = await house.open(link);
    expect(page.text).toContain('Ben Grace');
    const seen = (html: string) => /name="seen" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const words = { subject: 'A favour', text: 'Hi Ben, who else should see this?' };
    const saved = await house.open(link, { action: 'save', ...words, seen: seen(page.text) });
    expect(saved.status).toBe(303);
    const edited = await house.open(link);
    expect(edited.text).toContain('who else should see this?');
    expect((await asksOf('birch'))[0].status).toBe('open');
    await house.open(link, { action: 'sent', ...words, seen: seen(edited.text) });
    expect(await asksOf('birch')).toMatchObject([{ status: 'delivered', content: words }]);
    await house.pass(20 * HOUR);
    expect(mailsTo('ben@birch.example')).toEqual([]);
  });

  test('a promoter nobody looks after gets the email, in business hours', async () => {
    house.setNow(START + DAY + 9.5 * HOUR); // Thursday, 19:30
    await throughSegment((analytics) => introduce(analytics, 'cora', 'cedar', {}));
    const nps = { score: 10, comment: 'It just works', user_id: 'cora', account_id: 'cedar' };
    expect((await house.call('POST', '/v1/nps', { key: 'wk_test', body: nps })).status).toBe(200);
    await house.runJobs();
    expect(mailsTo('cora@cedar.example')).toEqual([]);
    house.setNow(START + 2 * DAY - HOUR); // Friday, 09:00
    await house.runJobs();
    await house.runJobs();
    const mails = mailsTo('cora@cedar.example');
    expect(mails).toHaveLength(1);
    expect(mails[0]?.parsed.subject).toBe('Thank you for the 10, and one question');
    expect(mails[0]?.parsed.from?.value).toMatchObject([{ name: 'Acorn', address: 'growth@vendor.example' }]);
    expect(mails[0]?.parsed.headers.get('list')).toMatchObject({
      'unsubscribe-post': { name: 'List-Unsubscribe=One-Click' },
    });
  });

  test('a draft that its owner leaves becomes an email in their name, and one click ends such mails', async () => {
    house.advance(HOUR);
    await throughSegment((analytics) => {
      introduce(analytics, 'dora', 'dune');
      analytics.track({ userId: 'dora', event: 'NPS Answered', properties: { score: 9 } });
    });
    await house.runJobs();
    await house.pass(18 * HOUR); // Saturday, 04:00
    expect(mailsTo('dora@dune.example')).toEqual([]);
    await house.pass(53 * HOUR); // Monday, 09:00
    const [mail] = mailsTo('dora@dune.example');
    expect(mail?.parsed.from?.value).toMatchObject([{ name: 'Sam Reed', address: 'growth@vendor.example' }]);
    expect(mail?.parsed.replyTo?.value).toMatchObject([{ address: 'sam@vendor.example' }]);
    const link = linkIn(mail?.raw.replaceAll('\r\n ', ''), 'unsubscribe');
    await house.open(link);
    expect((await asksOf('dune'))[0].status).toBe('delivered');
    expect((await house.open(link, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200);
    expect((await asksOf('dune'))[0].status).toBe('declined');
    expect((await account('dune')).people).toMatchObject([{ id: 'dora', suppressed: 'asks' }]);
  });

  test('a peer comes through her link, and that is her yes', async () => {
    const page = await house.open(linkIn(mailsTo('cora@cedar.example')[0]?.parsed.text, 'a'));
    const link = linkIn(page.text, 'r');
    expect((await house.open(link)).status).toBe(200);
    const form = { email: 'nora@nordwind.example', company: 'Nordwind', name: 'Nora Berg' };
    expect((await house.open(link, form)).status).toBe(303);
    const referral = { advocate: 'cora', email: 'nora@nordwind.example', company: 'Nordwind' };
    const known = await house.secret('POST', '/v1/referrals', referral);
    expect(known.json).toMatchObject({
      stage: 'submitted',
      advocate: { user_id: 'cora', account_id: 'cedar' },
    });
    expect(known.status).toBe(200);
    expect(await asksOf('cedar')).toMatchObject([{ channel: 'email', status: 'accepted' }]);
    const mine = await house.as('cora', 'GET', '/v1/advocates/cora');
    expect(mine.json.referrals).toMatchObject([{ company_name: 'Nordwind', stage: 'submitted' }]);
  });

  test('when it is won she is thanked, and her CSM gets a draft to do so in person', async () => {
    await throughSegment((analytics) => analytics.group({ userId: 'cora', groupId: 'cedar', traits: SAM }));
    const { id } = (await account('cedar')).referrals[0];
    const move = (stage: string, more = {}) =>
      house.secret('POST', `/v1/referrals/${id}/stage`, { stage, ...more });
    expect((await move('qualified')).json).toMatchObject({ stage: 'qualified' });
    await house.runJobs();
    house.advance(DAY);
    expect((await move('won', { acv: 12_000 })).json).toMatchObject({ stage: 'won', acv: 12_000 });
    expect((await move('won')).status).toBe(200);
    await house.runJobs();
    await house.runJobs();
    expect(mailsTo('cora@cedar.example').map(({ parsed }) => parsed.subject)).toEqual([
      'Thank you for the 10, and one question',
      'Nordwind: a good introduction',
      'Nordwind is on board, thanks to you',
    ]);
    expect(mailsTo('sam@vendor.example').at(-1)?.parsed.text).toContain(
      'You will have had the news about Nordwind',
    );
  });

  test('an account with an urgent ticket is not asked, and we can say why and until when', async () => {
    await throughSegment((analytics) => {
      introduce(analytics, 'emil', 'elm');
      analytics.track({
        userId: 'emil',
        event: 'Ticket Opened',
        timestamp: ago(DAY),
        properties: { priority: 'urgent' },
      });
      analytics.track({ userId: 'emil', event: 'NPS Answered', properties: { score: 10 } });
    });
    await house.runJobs();
    expect(await asksOf('elm')).toEqual([]);
    const { json } = await house.secret('GET', '/v1/accounts/elm/why?trigger=promoter-email');
    const holding = json.triggers[0].gates.filter(({ passes }: { passes: boolean }) => !passes);
    expect(holding).toMatchObject([
      { gate: 'readiness' },
      { gate: 'support_trouble', because: expect.stringMatching(/urgent.*will ask when/) },
    ]);
    await throughSegment((analytics) => analytics.track({ userId: 'emil', event: 'Ticket Solved' }));
    await house.runJobs();
    expect(await asksOf('elm')).toMatchObject([{ channel: 'draft', status: 'open', person: 'emil' }]);
  });

  test('Segment and PostHog hear of every ask, outcome and referral, and of the readiness', async () => {
    const heard = [
      'Ask Scheduled',
      'Ask Shown',
      'Ask Accepted',
      'Ask Sent',
      'Ask Declined',
      'Referral Submitted',
      'Referral Won',
    ];
    const names = (events: Receiver['events']) => new Set(events.map(({ event }) => event));
    expect([...names(segment.events)]).toEqual(expect.arrayContaining(heard));
    expect([...names(posthog.events)]).toEqual(expect.arrayContaining(heard));
    const traits = segment.events.filter(({ type, groupId }) => type === 'group' && groupId === 'acorn');
    expect(traits).toMatchObject([{ traits: { referral_readiness: expect.closeTo(50, 0) } }]);
    const groups = posthog.events.filter(({ event }) => event === '$groupidentify');
    expect(groups.length).toBeGreaterThan(3);
  });

  test('what we told them changes nothing when it comes back in', async () => {
    const before = await account('cedar');
    await house.send(segment.events);
    await house.call('POST', '/batch/', { body: { api_key: 'wk_test', batch: posthog.events } });
    expect(await account('cedar')).toEqual(before);
    const { rows } = await house.db.pool.query(`select id from event where id like 'segment:goodturn%'`);
    expect(rows).toEqual([]);
  });
});
