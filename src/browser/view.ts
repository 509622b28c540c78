import { type Card, showCard } from './card.ts';
import type { Nudge, OpenNudge, Options, Outcome } from './types.ts';
import { warn } from './warn.ts';

/** What is to be seen of a nudge: our card, or one of the page's own. */
export type View = {
  /** The nudge that is open now; with `undefined`, none is any more. */
  readonly show: (nudge: Nudge | undefined) => void;
  readonly openId: () => string | undefined;
};

export type Decide = (id: string, outcome: Outcome, length?: string) => void;

export function createView(options: Options, decide: Decide): View {
  const presenter = options.onNudge ? toHost(options.onNudge) : inCard(options);
  let open: OpenNudge | undefined;
  return {
    show: (nudge) => {
      if (nudge?.id === open?.id) return presenter.keep();
      open = nudge && { ...nudge, ...outcomesOf(nudge.id, decide) };
      presenter.present(open);
    },
    openId: () => open?.id,
  };
}

type Presenter = {
  /** Shows an open nudge, or, with `undefined`, takes away the one before. */
  readonly present: (nudge: OpenNudge | undefined) => void;
  /** The nudge is still to be seen, whatever the page did meanwhile. */
  readonly keep: () => void;
};

function toHost(onNudge: Presenter['present']): Presenter {
  const present: Presenter['present'] = (nudge) => {
    try {
      onNudge(nudge);
    } catch (error) {
      warn(`onNudge threw: ${error}`);
    }
  };
  return { present, keep: () => {} };
}

function inCard(options: Options): Presenter {
  let card: Card | undefined;
  return {
    present: (nudge) => {
      card?.remove();
      card = nudge && showCard(nudge, options);
    },
    keep: () => card?.keep(),
  };
}

function outcomesOf(id: string, decide: Decide): Omit<OpenNudge, keyof Nudge> {
  return {
    shown: () => decide(id, 'shown'),
    accepted: () => decide(id, 'accepted'),
    declined: () => decide(id, 'declined'),
    closed: () => decide(id, 'closed'),
    snoozed: (length) => decide(id, 'snoozed', length),
  };
}
