import type { Channel, Trigger } from './catalog.ts';
import { type Finding, holding, passing } from './finding.ts';
import type { Owner } from './owner.ts';
import { ownerIn, type Situation } from './situation.ts';

/** The way an ask takes from here: its channel, and whose name it carries. */
export type Route = {
  readonly channel: Channel;
  /** A draft's fallback goes at once, because there is nobody to write the draft. */
  readonly isFallback: boolean;
  readonly ownerEmail: string | undefined;
  /** Only of drafts: whether there is anyone to write it. */
  readonly finding: Finding | undefined;
};

/** A draft goes to the account's owner. Without one its fallback takes its place at once. */
export function routeOf(situation: Situation, { channel, fallback }: Trigger): Route {
  const owner = ownerIn(situation);
  const ownerEmail = owner.email;
  if (channel !== 'draft') return { channel, isFallback: false, ownerEmail, finding: undefined };
  if (ownerEmail !== undefined) {
    const finding = passing('no_owner', () => `${ownerEmail} is responsible`);
    return { channel, isFallback: false, ownerEmail, finding };
  }
  if (!fallback) {
    const finding = holding('no_owner', () => missing(owner));
    return { channel, isFallback: false, ownerEmail, finding };
  }
  const finding = passing('no_owner', () => `${missing(owner)}, so it goes by ${fallback.channel} at once`);
  return { channel: fallback.channel, isFallback: true, ownerEmail, finding };
}

function missing({ ignored }: Owner): string {
  return ignored === undefined
    ? 'nobody is responsible for this account'
    : `${ignored} is not an address of our team, and nobody else is responsible for this account`;
}
