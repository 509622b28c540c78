import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SECRET_KEY, WRITE_KEY } from './keys.ts';
import { introduction, message, sendBatch, sendOne, track, type World } from './world.ts';

const KINDS = ['email', 'email', 'nudge', 'nudge', 'draft', 'fallback'] as const;

const Ask = z.object({ id: z.string(), channel: z.string(), trigger: z.string(), status: z.string() });
type Ask = z.infer<typeof Ask>;
const Asks = z.object({ asks: z.array(Ask) });
const Nudges = z.object({ nudges: z.array(z.object({ id: z.string() })) });
const Referral = z.object({ id: z.string(), stage: z.string() });

type Cast = { readonly account: string; readonly user: string };

/** One account from its first event to the thanks for a referral, through whatever dies on the way. */
export async function tellStory(world: World, n: number): Promise<void> {
  const kind = world.random.pick(KINDS);
  const cast = { account: `acct-${n}`, user: `user-${n}` };
  if (!(await sendBatch(world, introduction(cast.account, cast.user, kind)))) return;
  const asked = kind === 'nudge' ? await beNudged(world, cast) : await beAsked(world, cast, kind);
  if (asked !== undefined) await refer(world, cast, asked);
}

async function beNudged(world: World, { account, user }: Cast): Promise<string | undefined> {
  for (let i = 0; i < 3; i += 1)
    if (!(await sendOne(world, track(user, 'Workflow Completed', { i })))) return undefined;
  world.history.add({ kind: 'promised', account, trigger: 'ask-nudge' });
  const userToken = await world.tokenOf(user);
  const nudge = await until(world, async () => {
    const answer = await world.ask(`/v1/nudges?account_id=${account}`, { method: 'GET', userToken });
    return answer?.status === 200 ? Nudges.parse(answer.json()).nudges[0] : undefined;
  });
  if (nudge === undefined) return undefined;
  await report(world, nudge.id, 'shown', userToken);
  const outcome = world.random.pick(['accepted', 'accepted', 'declined', 'closed', 'snoozed']);
  await report(world, nudge.id, outcome, userToken);
  // An app that did not hear the answer says it again.
  if (world.random.chance(0.4)) await report(world, nudge.id, outcome, userToken);
  return outcome === 'accepted' ? nudge.id : undefined;
}

async function report(
  { ask, history }: World,
  id: string,
  outcome: string,
  userToken: string,
): Promise<void> {
  const answer = await ask(`/v1/nudges/${id}/${outcome}`, { userToken });
  if (answer?.status === 200) history.add({ kind: 'outcome', ask: id, outcome });
  else if (answer) history.add({ kind: 'surprise', what: `${outcome} of ${id} answered ${answer.status}` });
}

async function beAsked(world: World, { account, user }: Cast, kind: string): Promise<string | undefined> {
  if (!(await answerSurvey(world, { account, user }))) return undefined;
  world.history.add({ kind: 'promised', account, trigger: `ask-${kind}` });
  const channel = kind === 'draft' ? 'draft' : 'email';
  const ask = await until(world, () => started(world, account, channel));
  if (ask === undefined || channel === 'email') return ask?.id;
  return (await sendDraft(world, account, ask)) ? ask.id : undefined;
}

/** By a tool that calls us, or as an event of the product. */
async function answerSurvey(world: World, { account, user }: Cast): Promise<boolean> {
  const score = 9 + world.random.below(2);
  if (world.random.chance(0.5))
    return sendOne(world, message('track', user, { event: 'NPS Answered', properties: { score } }));
  const id = `response-${account}`;
  const json = { score, response_id: id, user_id: user, account_id: account, comment: 'It saves us a day' };
  const answer = await world.ask('/v1/nps', { key: WRITE_KEY, json, events: [id] });
  return answer !== undefined && answer.status < 300;
}

/** The account's ask by a channel once it is on its way; one that a kill left in mid-send stays so for a while. */
async function started(world: World, account: string, channel: string): Promise<Ask | undefined> {
  const answer = await world.ask(`/v1/asks?account_id=${account}`, { method: 'GET', key: SECRET_KEY });
  const asks = answer?.status === 200 ? Asks.parse(answer.json()).asks : [];
  return asks.find((ask) => ask.channel === channel && ask.status !== 'scheduled');
}

/** What the owner does: opens the link in their mail, sends the words from their own mailbox, says so. */
async function sendDraft(world: World, account: string, ask: Ask): Promise<boolean> {
  const mail = await until(
    world,
    async () => world.mails.find(({ to }) => to === `sam.${account}@vendor.example`),
    8_000,
  );
  const path = /\/d\/[\w.-]+/.exec(mail?.text ?? '')?.[0];
  if (path === undefined) return false; // the notice was lost in a kill; nobody has seen the draft
  const page = await world.ask(path, { method: 'GET' });
  const field = (name: string) =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(page?.body ?? '')?.[1] ?? '';
  const form = {
    action: 'sent',
    seen: field('seen'),
    subject: field('subject'),
    text: 'Dear Ada, whom do you know?',
  };
  const sent = await world.ask(path, { form });
  if (sent?.status !== 303) return false;
  world.history.add({ kind: 'outcome', ask: ask.id, outcome: 'sent' });
  const outcome = world.random.pick(['accepted', 'declined']);
  const answered = await world.ask(`/v1/asks/${ask.id}/${outcome}`, { key: SECRET_KEY });
  if (answered?.status === 200) world.history.add({ kind: 'outcome', ask: ask.id, outcome });
  return outcome === 'accepted';
}

async function refer(world: World, { account, user }: Cast, askId: string): Promise<void> {
  const company = `prospect-of-${account}.example`;
  const json = {
    advocate: user,
    email: `bo@${company}`,
    company: 'Prospect',
    name: 'Bo Lind',
    ask_id: askId,
  };
  const answer = await world.ask('/v1/referrals', { key: SECRET_KEY, json });
  if (answer === undefined || answer.status >= 300) return;
  const { id } = Referral.parse(answer.json());
  world.history.add({ kind: 'referral', id, advocate: user, company });
  for (const stage of ['qualified', 'won']) {
    const moved = await world.ask(`/v1/referrals/${id}/stage`, {
      key: SECRET_KEY,
      json: { stage, acv: 12_000 },
    });
    if (moved?.status !== 200) return;
    world.history.add({ kind: 'stage', referral: id, stage });
  }
  for (const trigger of ['thanks-email', 'thanks-draft'])
    world.history.add({ kind: 'promised', account, trigger });
}

/** Looks again and again until there is something, or nothing will come any more. */
async function until<T>(
  world: World,
  look: () => Promise<T | undefined>,
  within = 60_000,
): Promise<T | undefined> {
  const end = performance.now() + within;
  let last = Number.POSITIVE_INFINITY;
  while (performance.now() < Math.min(end, last)) {
    const found = await look();
    if (found !== undefined) return found;
    // Once nothing is killed any more, what has not come in this time will not come.
    if (world.isClosing()) last = Math.min(last, performance.now() + 15_000);
    await sleep(60 + world.random.below(120));
  }
  return undefined;
}
