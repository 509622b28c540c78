import type { ClientBase } from 'pg';
import type { PersonId } from '../engine/event.ts';

/** Hears whose nudges may have changed; undefined stands for everybody's. */
export type HearNudges = (personId: PersonId | undefined) => void;

/** Says when what a person would be offered may have changed, here or in another process. False alarms are fine. */
export type NudgeFeed = {
  /** Returns how to stop hearing. */
  readonly subscribe: (hear: HearNudges) => () => void;
};

export type NudgeChannel = NudgeFeed & {
  /** Has a connection hear the channel: what is committed over it is heard before the commit returns. */
  readonly attend: (client: ClientBase) => Promise<void>;
  readonly tell: HearNudges;
};

/** The tables themselves say what changed, by triggers that notify at commit. */
export function createNudgeChannel(): NudgeChannel {
  const hearers = new Set<HearNudges>();
  const tell: HearNudges = (personId) => {
    for (const hear of hearers) hear(personId);
  };
  return {
    tell,
    subscribe: (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    attend: async (client) => {
      client.on('notification', ({ payload }) => tell(payload === '' ? undefined : payload));
      await client.query('listen goodturn_nudges');
    },
  };
}
