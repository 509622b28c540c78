import { type Screen, wrap } from './screen.ts';
import { DAYS, type Day, type StoryTime } from './story-time.ts';
import type { World } from './world.ts';

export type Stage = { readonly world: World; readonly screen: Screen; readonly time: StoryTime };

/** Weeks 1 to 3: a team gets into the habit, and the person it happened to is shown a nudge. */
export async function northwindIsNudged({ world, screen, time }: Stage): Promise<void> {
  await screen.chapter('Weeks 1 to 3', 'Northwind gets into the habit, and readiness rises with it');
  const work = async (week: number, day: Day, workflows: number, reports: number) => {
    await world.goTo(time.at(week, day, '14:10'));
    const context = { groupId: 'northwind' };
    for (let n = 0; n < workflows; n += 1)
      world.segment.track({ userId: 'ada', event: 'Workflow Completed', context });
    for (let n = 0; n < reports; n += 1)
      world.segment.track({ userId: 'ada', event: 'Report Shared', context });
    await world.deliver();
  };
  for (const day of ['Monday', 'Wednesday', 'Friday'] as const) await work(1, day, 1, 1);
  await showReadiness({ world, screen }, 'northwind', 'Week 1', 'three workflows: too early to say');
  for (const day of DAYS) await work(2, day, day === 'Monday' ? 0 : 1, 1);
  await showReadiness({ world, screen }, 'northwind', 'Week 2');
  await work(3, 'Monday', 2, 1);
  await work(3, 'Tuesday', 1, 0);
  await showReadiness({ world, screen }, 'northwind', 'Week 3');

  await screen.chapter(
    'Week 3, Tuesday 14:10',
    'The tenth workflow: the product asks for a nudge, and there is one',
  );
  screen.print(screen.dim('GET /v1/nudges   with the publishable key and Ada’s user token'));
  const { nudges } = await world.asUser('ada', 'GET', '/v1/nudges?account_id=northwind');
  const [nudge] = nudges;
  if (nudge === undefined) throw new Error('The tenth workflow brought no nudge.');
  await screen.card(nudge.title, nudge.body, nudge.action.label);
  await world.asUser('ada', 'POST', `/v1/nudges/${nudge.id}/shown`);
  await world.asUser('ada', 'POST', `/v1/nudges/${nudge.id}/accepted`);
  await screen.beat(
    '✓',
    'accepted',
    'Ada follows it to her own page, where a note to forward is already written.',
  );

  await world.goTo(time.at(3, 'Tuesday', '14:25'));
  await world.submit(nudge.action.url, {
    action: 'introduce',
    name: 'Jonas Weber',
    email: 'jonas@lumenlabs.example',
    company: 'Lumen Labs',
  });
  await world.deliver();
  await screen.beat(
    '✓',
    'referral',
    'She introduces Jonas Weber of Lumen Labs. The referral is hers, and is now “submitted”.',
  );
}

/** Week 3: an account buys more seats, and its CSM gets a draft with the evidence. */
export async function brightsideGetsADraft({ world, screen, time }: Stage): Promise<void> {
  await world.goTo(time.at(3, 'Thursday', '11:00'));
  await screen.chapter('Week 3, Thursday 11:00', 'Brightside grows from 20 to 28 seats');
  world.posthog.groupIdentify({ groupType: 'company', groupKey: 'brightside', properties: { seats: 28 } });
  const before = world.letters.length;
  await world.deliver();
  await showReadiness({ world, screen }, 'brightside', 'Brightside');
  await screen.beat(
    '✓',
    'draft',
    'A personal ask beats an automatic one, so the draft goes to Sam and not to the customer.',
  );
  await showLetters({ world, screen }, 'mail to the CSM', before, 17);

  await world.goTo(time.at(3, 'Thursday', '11:40'));
  await sendDraft(world, 'brightside');
  await screen.beat(
    '✓',
    'sent by Sam',
    'He changes a word on the draft’s page, sends it from his own mailbox, and says so there.',
  );
}

/** Week 4: a promoter answers in the evening, and has a mail the next morning. */
export async function harborIsEmailed({ world, screen, time }: Stage): Promise<void> {
  await world.goTo(time.at(4, 'Tuesday', '21:40'));
  await screen.chapter('Week 4, Tuesday 21:40', 'Dev answers the survey at Harbor & Finch with a 10');
  world.posthog.capture({
    distinctId: 'dev',
    event: 'survey sent',
    groups: { company: 'harbor' },
    properties: {
      $survey_id: 'nps-2026',
      $survey_name: 'NPS',
      $survey_questions: [
        { id: 'q1', question: 'How likely are you to recommend Acorn to a peer?', response: '10' },
        { id: 'q2', question: 'Why?', response: 'Month-end is an afternoon now' },
      ],
    },
  });
  const before = world.letters.length;
  await world.deliver();
  await showReadiness({ world, screen }, 'harbor', 'Harbor');
  const [ask] = (await world.call('GET', '/v1/asks?account_id=harbor')).asks;
  await screen.beat(
    '✓',
    'ask',
    `There is no CSM, so it will be an email. It is evening: it waits until ${hour(ask?.due_at)}.`,
  );
  await world.goTo(time.at(4, 'Wednesday', '09:00'));
  await showLetters({ world, screen }, 'Wednesday 09:00, mail to the promoter', before, 11);
}

/** Weeks 5 and 6: the referral moves, and the advocate hears of it each time. */
export async function lumenIsWon({ world, screen, time }: Stage): Promise<void> {
  const { referrals } = await world.call('GET', '/v1/referrals');
  const referral = referrals[0].id;
  await world.goTo(time.at(5, 'Monday', '10:00'));
  await screen.chapter('Week 5, Monday 10:00', 'Sales has talked to Lumen Labs');
  let before = world.letters.length;
  await world.call('POST', `/v1/referrals/${referral}/stage`, { body: { stage: 'qualified' } });
  await world.deliver();
  const [told] = world.letters.slice(before);
  await screen.beat('✓', 'qualified', `Ada hears of it at once: “${told?.subject}”`);

  await world.goTo(time.at(6, 'Wednesday', '10:00'));
  await screen.chapter('Week 6, Wednesday 10:00', 'Lumen Labs becomes a customer');
  before = world.letters.length;
  await world.call('POST', `/v1/referrals/${referral}/stage`, { body: { stage: 'won', acv: 18000 } });
  await world.deliver();
  await screen.beat('✓', 'won', 'Ada is thanked, and Sam gets a draft to thank her in person.');
  const mails = world.letters.slice(before);
  const thanks = mails.find(({ to }) => to.includes('ada@'));
  const prompt = mails.find(({ to }) => to.includes('sam@'));
  if (thanks === undefined || prompt === undefined)
    throw new Error('A referral was won and somebody was not told.');
  await screen.letter('mail to the advocate', thanks, 16);
  await screen.letter('mail to the CSM', prompt, 8);
}

/** Week 6: a 10 that is not followed up, and the reason. */
export async function copperfieldIsLeftAlone({ world, screen, time }: Stage): Promise<void> {
  await world.goTo(time.at(6, 'Wednesday', '15:00'));
  await screen.chapter('Week 6, Wednesday 15:00', 'Copperfield Legal: a 10, and nobody is asked');
  const context = { groupId: 'copperfield' };
  world.segment.track({
    userId: 'erin',
    event: 'Ticket Opened',
    context,
    properties: { priority: 'urgent' },
  });
  await world.deliver();
  await screen.beat('•', '15:00', 'An urgent ticket is opened.');
  await world.goTo(time.at(6, 'Wednesday', '16:00'));
  const body = { score: 10, user_id: 'erin', comment: 'Love it, when it works', response_id: 'r-4711' };
  await world.call('POST', '/v1/nps', { key: 'wk_demo', body });
  await world.deliver();
  await screen.beat('•', '16:00', 'Erin gives a 10 all the same: “Love it, when it works”.');
  await showReadiness({ world, screen }, 'copperfield', 'Copperfield');
  await world.goTo(time.at(6, 'Thursday', '10:00'));
  const { triggers } = await world.call('GET', '/v1/accounts/copperfield/why?trigger=promoter-email');
  const holding = triggers[0].gates.filter(({ passes }: { passes: boolean }) => !passes);
  for (const [index, { because }] of holding.entries()) {
    await screen.beat(index === 0 ? '✗' : ' ', index === 0 ? 'not asked because' : '', because);
  }
}

type Showing = Pick<Stage, 'world' | 'screen'>;

async function showReadiness(
  { world, screen }: Showing,
  account: string,
  label: string,
  otherwise = '',
): Promise<void> {
  const { readiness, contributions, dampers } = await world.call('GET', `/v1/accounts/${account}`);
  const reasons = [
    ...contributions.map(
      ({ points, says }: { points: number; says: string }) => `+${Math.round(points)} ${says}`,
    ),
    ...dampers.map(({ factor, says }: { factor: number; says: string }) => `×${factor.toFixed(1)} ${says}`),
  ];
  await screen.readiness(label, readiness, reasons.length === 0 ? [otherwise] : reasons);
}

async function showLetters(
  { world, screen }: Showing,
  kind: string,
  from: number,
  lines: number,
): Promise<void> {
  const letters = world.letters.slice(from);
  if (letters.length === 0) throw new Error(`Expected ${kind}, but none arrived.`);
  for (const letter of letters) await screen.letter(kind, letter, lines);
}

/** What a CSM does on the page of a draft: changes the words, and says that it was sent. */
async function sendDraft(world: World, account: string): Promise<void> {
  const { asks } = await world.call('GET', `/v1/asks?account_id=${account}`);
  const { subject, text } = asks[0].content;
  const link = linkIn(world.letters.at(-1)?.text ?? '', '/d/');
  const page = await (await fetch(link)).text();
  const seen = /name="seen" value="([^"]*)"/.exec(page)?.[1] ?? '';
  await world.submit(link, { action: 'sent', subject, text: text.replace('Hi Carla', 'Dear Carla'), seen });
}

/** The link of ours in a mail that leads to this kind of page. */
export const linkIn = (text: string, path: string): string =>
  wrap(text.replaceAll('\n', ' '), 1).find((word) => word.includes(path)) ?? '';

const hour = (at: string | undefined) =>
  at === undefined
    ? 'the morning'
    : `${new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' }).format(new Date(at))} ${at.slice(11, 16)}`;
