import { asking } from './asking.ts';
import { onDecidedElsewhere, recall, remember } from './decisions.ts';
import { createOutbox } from './outbox.ts';
import { type Asked, startPolling } from './polling.ts';
import { createService } from './service.ts';
import type { Nudge, Options } from './types.ts';
import { createView, type Decide } from './view.ts';

type Properties = Readonly<Record<string, unknown>>;

export type Session = {
  readonly track: (event: string, properties: Properties) => void;
  readonly refresh: () => void;
  readonly stop: () => void;
};

/** Asks for one user's nudges, shows them, and reports what became of them, until it is stopped. */
export function startSession(options: Options): Session {
  const send = createService(options);
  const outbox = createOutbox(send);
  const report: Decide = (id, outcome, length) =>
    outbox.put({
      path: `/v1/nudges/${encodeURIComponent(id)}/${outcome}`,
      body: () => (length === undefined ? {} : { for: length }),
    });
  const view = createView(options, (id, outcome, length) => {
    report(id, outcome, length);
    if (outcome === 'shown') return;
    remember({ id, outcome, length, at: Date.now() });
    settle();
  });
  const settle = () => {
    polling.rest();
    view.show(undefined);
  };
  /** Takes what the service offers. It offers again what was decided here if it never heard of that. */
  const take = (offered: Nudge | undefined): Asked['came'] => {
    if (stopped) return 'nothing';
    const decided = offered && recall(offered.id);
    if (decided) report(decided.id, decided.outcome, decided.length);
    const nudge = decided || !isSafe(offered) ? undefined : offered;
    view.show(nudge);
    return nudge ? 'nudge' : 'nothing';
  };
  let stopped = false;
  const polling = startPolling(asking(send, options, take));
  const unlisten = onDecidedElsewhere(() => recall(view.openId() ?? '') && settle());
  return {
    track: (event, properties) =>
      outbox.put({
        path: '/v1/track',
        body: messageOf(options, event, properties),
        onArrival: polling.hurry,
      }),
    refresh: polling.hurry,
    stop: () => {
      stopped = true;
      polling.stop();
      outbox.stop();
      unlisten();
      view.show(undefined);
    },
  };
}

/** The link goes into an `href`; it leads to a page, whoever made it. */
const isSafe = (nudge: Nudge | undefined) => /^https?:\/\//i.test(nudge?.action.url ?? '');

/** The event as it is now, since the page may go on changing it; when it is sent shows only then. */
function messageOf({ accountId }: Options, event: string, properties: Properties): () => object {
  const message = {
    messageId: `browser-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
    event,
    properties: JSON.parse(JSON.stringify(properties)),
    timestamp: new Date(),
    ...(accountId === undefined ? {} : { context: { groupId: accountId } }),
  };
  return () => ({ ...message, sentAt: new Date() });
}
