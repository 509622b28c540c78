/** What came of asking for a nudge, and how many seconds the service wants us to wait, where it says so. */
export type Asked = {
  readonly came: 'nudge' | 'nothing' | 'failure' | 'refusal';
  readonly wait?: number;
};

export type Polling = {
  /** Asks at once, and twice more soon after: what the page's backend reports may take a few seconds to arrive. */
  readonly hurry: () => void;
  /** Does not ask again by itself: for now everything is said. */
  readonly rest: () => void;
  readonly stop: () => void;
};

const SECOND = 1000;
const HURRIED = [3 * SECOND, 10 * SECOND];
const USUAL_WAIT = 60;
const LONGEST_WAIT = 15 * 60;
/** However often a page asks us to hurry. */
const SHORTEST_WAIT = SECOND;

/**
 * Asks now and from time to time, as the service wants it: at most one request at a time, never in a hidden tab,
 * ever more rarely while the service does not answer. `ask` never rejects.
 */
export function startPolling(ask: () => Promise<Asked>): Polling {
  const patience = createPatience();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = 0;
  let askedAt = 0;
  let asking = false;
  let stopped = false;

  const plan = (at: number) => {
    due = at;
    clearTimeout(timer);
    if (due === Infinity || asking || stopped || document.visibilityState === 'hidden') return;
    timer = setTimeout(run, Math.max(due, askedAt + SHORTEST_WAIT) - Date.now());
  };
  const run = async () => {
    asking = true;
    due = Infinity;
    const asked = await ask();
    asking = false;
    askedAt = Date.now();
    // Whoever asked for haste meanwhile has set a time already.
    plan(Math.min(due, askedAt + patience.after(asked)));
  };
  const onVisibility = () => plan(due);
  const onOnline = () => patience.isTried() && plan(0);

  document.addEventListener('visibilitychange', onVisibility);
  addEventListener('online', onOnline);
  plan(0);
  return {
    hurry: () => {
      patience.hurry();
      plan(0);
    },
    rest: () => {
      patience.rest();
      plan(Infinity);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
      removeEventListener('online', onOnline);
    },
  };
}

/** How long to wait for the next question, after what came of the last ones. */
function createPatience() {
  let soon: number[] = [];
  let resting = false;
  let failures = 0;
  let usual = USUAL_WAIT;
  return {
    hurry: () => {
      soon = [...HURRIED];
    },
    rest: () => {
      soon = [];
      resting = true;
    },
    isTried: () => failures > 0,
    after: ({ came, wait = 0 }: Asked): number => {
      failures = came === 'failure' ? failures + 1 : 0;
      if (came !== 'failure' && wait > 0) usual = wait;
      if (came === 'nudge') resting = false;
      if (came === 'refusal') resting = true;
      if (came === 'nudge' || came === 'refusal') soon = [];
      const early = failures === 0 ? soon.shift() : undefined;
      if (early !== undefined) return early;
      if (resting) return Infinity;
      const seconds = failures === 0 ? usual : Math.min(usual * 2 ** (failures - 1), LONGEST_WAIT);
      // Never earlier than we were told, and not all pages of a product at once.
      return Math.max(seconds, wait) * SECOND * (1 + Math.random() / 5);
    },
  };
}
