import { introduceCast } from './cast.ts';
import { createScreen, type Screen } from './screen.ts';
import {
  brightsideGetsADraft,
  copperfieldIsLeftAlone,
  harborIsEmailed,
  linkIn,
  lumenIsWon,
  northwindIsNudged,
  type Stage,
} from './story.ts';
import { createStoryTime } from './story-time.ts';
import { KEYS, startWorld, type World } from './world.ts';

const HELP = `npm run demo -- [--fast] [--once]

  --fast   without pauses
  --once   ends after the story instead of leaving the service running

PORT is the port to use; default 4400, or another where that is taken.`;

async function main(flags: readonly string[]): Promise<void> {
  const unknown = flags.find((flag) => !['--fast', '--once', '--help'].includes(flag));
  if (unknown !== undefined) throw new Error(`There is no option "${unknown}".\n\n${HELP}`);
  if (flags.includes('--help')) {
    console.log(HELP);
    return;
  }
  const isTerminal = process.stdout.isTTY === true;
  const once = flags.includes('--once');
  const screen = createScreen({
    colour: isTerminal && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
    paced: isTerminal && !once && !flags.includes('--fast'),
  });
  screen.title('Goodturn, a demo: four customers, three of them are asked');
  screen.say('Starting the service on a scratch data folder. A first start takes a few seconds.');
  const time = createStoryTime(Date.now());
  const world = await startWorld(time.at(1, 'Monday', '09:00'));
  const stopped = stopOnSignal(world, screen);
  try {
    await play({ world, screen, time });
    if (once) {
      await world.stop();
      return;
    }
    await stay(world, screen);
  } catch (error) {
    await world.stop();
    throw error;
  }
  await stopped;
}

async function play(stage: Stage): Promise<void> {
  const { world, screen } = stage;
  screen.say(
    `Acorn, the product, is made up, and so is the time: six weeks pass in seconds. All else is real: the service at ${world.url}, its database, the official Segment and PostHog clients, the mails.`,
  );
  await introduceCast(stage);
  await northwindIsNudged(stage);
  await brightsideGetsADraft(stage);
  await harborIsEmailed(stage);
  await lumenIsWon(stage);
  await copperfieldIsLeftAlone(stage);
}

/** Says what there is to look at, and goes on running at the pace of the clock on the wall. */
async function stay(world: World, screen: Screen): Promise<void> {
  const { bold, dim, print } = screen;
  const { link } = await world.call('GET', '/v1/advocates/ada');
  const draft = linkIn(world.letters.findLast(({ text }) => text.includes('/d/'))?.text ?? '', '/d/');
  await screen.chapter('Week 6, Thursday 10:00', 'Your turn: the service goes on running from here');
  const entry = (label: string, url: string) => print(`  ${label.padEnd(26)}${bold(url)}`);
  print('Open');
  entry('Sam’s draft to thank Ada', draft);
  entry('Ada’s page', link.page);
  entry('her link, for a peer', link.url);
  entry('all mail', `${world.url}/mail`);
  print(dim(`${' '.repeat(28)}log in with any name and the password ${KEYS.secret}`));
  entry('the service', world.url);
  print();
  print('Solve Copperfield’s ticket, and see Sam get his draft');
  const ticket = '{"userId":"erin","event":"Ticket Solved","context":{"groupId":"copperfield"}}';
  print(bold(`  curl -u ${KEYS.write}: ${world.url}/v1/track -H 'content-type: application/json' \\`));
  print(bold(`    -d '${ticket}'`));
  print();
  print('Ask why an account is asked, or is not');
  print(
    bold(
      `  curl -H 'authorization: Bearer ${KEYS.secret}' '${world.url}/v1/accounts/copperfield/why?trigger=promoter-email'`,
    ),
  );
  print();
  print(dim('Stop with Ctrl-C. The scratch data folder goes with it.'));
  world.run((letter) => void screen.letter('a mail has just arrived', letter, 14));
}

/** Resolves once a signal has stopped everything. */
function stopOnSignal(world: World, screen: Screen): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(1);
        stopping = true;
        screen.print('\n  Stopping.');
        void world.stop().then(() => {
          resolve();
          process.exit(0);
        });
      });
    }
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(
    `\nThe demo came to an end: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
});
