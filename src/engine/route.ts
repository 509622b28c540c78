import { holding, passing } from './account-guardrail.ts';
import type { Channel, Trigger } from './catalog.ts';
import type { GateAnswer } from './decision.ts';
import type { Owner } from './owner.ts';
import { ownerIn, type Situation } from './situation.ts';

/** The way an ask takes from here: its channel and words, and whose name it carries. */
export type Route = {
  readonly channel: Channel;
  readonly template: string;
  readonly ownerEmail?: string;
  /** Only of drafts: whether there is anyone to write it. */
  readonly answer?: GateAnswer;
};

/** A draft goes to the account's owner. Without one its fallback takes its place at once. */
export function routeOf(situation: Situation, trigger: Trigger): Route {
  const { channel, template, fallback } = trigger;
  const owner = ownerIn(situation);
  if (owner.email !== undefined) {
    const route = { channel, template, ownerEmail: owner.email };
    return channel === 'draft'
      ? { ...route, answer: passing('no_owner', `${owner.email} is responsible`) }
      : route;
  }
  if (channel !== 'draft') return { channel, template };
  if (!fallback) return { channel, template, answer: holding('no_owner', missing(owner)) };
  return {
    channel: fallback.channel,
    template: fallback.template ?? template,
    answer: passing('no_owner', `${missing(owner)}, so it goes by ${fallback.channel} at once`),
  };
}

function missing({ ignored }: Owner): string {
  return ignored === undefined
    ? 'nobody is responsible for this account'
    : `${ignored} is not an address of our team, and nobody else is responsible for this account`;
}
