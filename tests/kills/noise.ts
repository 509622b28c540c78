import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, message, sendBatch, sendOne, track, type World } from './world.ts';

/**
 * The everyday traffic of a product: batches and single events about many people, some sent a second time. `pauseMs`: the
 * longest wait between two requests.
 */
export async function makeNoise(world: World, storiesSoFar: () => number, pauseMs = 25): Promise<void> {
  const { random } = world;
  let before: readonly Message[] = [];
  while (!world.isClosing()) {
    const size = random.chance(0.4) ? 1 : 2 + random.below(60);
    const fresh = Array.from({ length: size }, () => anyMessage(world, Math.max(1, storiesSoFar())));
    // A client that never heard our answer sends what we have already.
    const again = random.chance(0.3) ? before.slice(0, 10) : [];
    const [only] = fresh;
    if (size === 1 && only !== undefined) await sendOne(world, only);
    else await sendBatch(world, [...fresh, ...again]);
    before = fresh;
    await sleep(random.below(pauseMs));
  }
}

function anyMessage({ random }: World, stories: number): Message {
  const n = random.below(stories + 20);
  const user = `user-${n}`;
  const account = { context: { groupId: `acct-${n}` } };
  switch (random.below(6)) {
    case 0:
      return message('track', user, { event: 'Report Shared', ...account });
    case 1:
      return message('group', user, { groupId: `acct-${n}`, traits: { seats: 20 + random.below(10) } });
    case 2:
      return message('page', user, { name: 'Home' });
    case 3:
      return message('track', `colleague-${n}`, { event: 'Report Shared', ...account });
    case 4:
      // Somebody not known yet, tied to a user by a later event.
      return {
        ...message('track', user, { event: 'Report Shared', anonymousId: `anon-${n}` }),
        userId: random.chance(0.5) ? user : undefined,
      };
    default:
      return track(user, 'Page Opened', { n });
  }
}
