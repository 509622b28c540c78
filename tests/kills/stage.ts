import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { type ClientHooks, createClient } from './client.ts';
import { createHistory } from './history.ts';
import type { Run } from './inspect.ts';
import { createKiller } from './killer.ts';
import type { Place } from './place.ts';
import { createRandom, type Random } from './random.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { catalogInForce, settings, tokenOf } from './settings.ts';
import { type Mishap, startSlowSmtp } from './slow-smtp.ts';
import type { World } from './world.ts';

/** What a run is played on, and who plays. */
export type Stage = {
  readonly run: Run;
  readonly world: World;
  /** Where the history is written down. */
  readonly folder: string;
  /** No new stories; those that have not come to their end after so many milliseconds are left where they are. */
  readonly close: (lastMs: number) => void;
  /** Ends all of it, whatever state it is in. */
  readonly end: () => Promise<void>;
};

type Options = {
  /** What the mail server does to a mail instead of taking it. */
  readonly mishap: (isClosing: boolean) => Mishap | undefined;
  /** Flags of Node for the service. */
  readonly flags?: readonly string[];
  readonly onStart?: (service: ServiceProcess) => void;
  readonly onAnswer?: ClientHooks['onAnswer'];
};

export async function openStage(place: Place, random: Random, options: Options): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-kills-history-'));
  const history = createHistory(join(folder, 'history.jsonl'));
  const killer = createKiller();
  const stage = { closing: false, over: false };
  const smtp = await startSlowSmtp(createRandom(random.below(2 ** 32)), {
    onStep: killer.onStep,
    onTaken: ({ messageId, to }) => history.add({ kind: 'mail', messageId, to }),
    onRefused: (to) => history.add({ kind: 'refused', to }),
    mishap: () => options.mishap(stage.closing),
  });
  const port = await freePort();
  const environment = { ...settings(port, smtp.url), ...place.environment };
  let live: ServiceProcess | undefined;
  const start = () => {
    live = startServiceProcess(environment, options.flags);
    options.onStart?.(live);
    return live;
  };
  const ask = createClient(`http://127.0.0.1:${port}`, {
    history,
    random,
    onRequest: killer.onRequest,
    ...(options.onAnswer && { onAnswer: options.onAnswer }),
    isOver: () => stage.over,
  });
  return {
    run: { place, history, killer, start, inForce: await catalogInForce() },
    world: { ask, mails: smtp.taken, random, history, tokenOf, isClosing: () => stage.closing },
    folder,
    close: (lastMs) => {
      stage.closing = true;
      setTimeout(() => {
        stage.over = true;
      }, lastMs).unref();
    },
    end: async () => {
      stage.closing = true;
      stage.over = true;
      live?.kill();
      await live?.gone;
      await smtp.close();
      await place.remove();
    },
  };
}
