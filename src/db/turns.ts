import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from './client.ts';

/**
 * Lets transactions of this process that are going to lock the same rows take turns before they ask the database to. It
 * makes them wait anyway; but whoever waits here finds what the one before has written at hand and need not read it.
 */
export type Turns = (tx: Sql, ids: readonly string[]) => Promise<void>;

/** Of a circle of waits only the database knows, so whoever waits for longer goes on and waits there. */
const PATIENCE = 1000;

export function createTurns(patience = PATIENCE): Turns {
  const holders = new Map<string, { readonly tx: Sql; readonly end: Promise<void> }>();
  const rivalOf = (tx: Sql, ids: readonly string[]) => {
    for (const id of ids) {
      const holder = holders.get(id);
      if (holder !== undefined && holder.tx !== tx) return holder;
    }
    return undefined;
  };
  return async (tx, ids) => {
    for (let rival = rivalOf(tx, ids); rival !== undefined; rival = rivalOf(tx, ids))
      if (!(await isOverWithin(rival.end, patience))) return;
    const end = tx.whenEnded;
    if (end === undefined) return;
    const turn = { tx, end };
    const taken = ids.filter((id) => !holders.has(id));
    for (const id of taken) holders.set(id, turn);
    const giveBack = () => {
      for (const id of taken) holders.delete(id);
    };
    // Before those who wait for the same end look again.
    void end.then(giveBack);
  };
}

async function isOverWithin(end: Promise<void>, patience: number): Promise<boolean> {
  const waiting = new AbortController();
  const late = sleep(patience, false, { signal: waiting.signal, ref: false }).catch(() => false);
  const isOver = await Promise.race([end.then(() => true), late]);
  waiting.abort();
  return isOver;
}
