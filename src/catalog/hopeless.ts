import type { Catalog, Gate, Guardrails, Rate, Signal, Trigger } from '../engine/catalog.ts';
import { schedule } from '../engine/schedule.ts';
import { formatDuration } from '../engine/time.ts';
import { contradictions, type Hopeless } from './contradictions.ts';
import { note, type OpenFile, placeIn } from './place.ts';
import { UNDATED } from './undated.ts';

/** Notes each trigger that can never ask, and why; and gates that ask for more than there is. */
export function noteHopeless(catalog: Catalog, files: ReadonlyMap<string, OpenFile>): void {
  for (const trigger of catalog.triggers) {
    const root = files.get(trigger.name)?.root;
    if (root === undefined) continue;
    for (const { path, why } of reasons(trigger, catalog)) note(placeIn(root, path), `can never ask: ${why}`);
    for (const { path, why } of idleWithin(trigger, catalog)) note(placeIn(root, path), why);
  }
}

function reasons(trigger: Trigger, catalog: Catalog): Hopeless[] {
  if (trigger.status === 'archived') return [{ path: 'status', why: 'it is archived' }];
  const { guardrails } = catalog;
  return [
    ...notLive(trigger),
    ...contradictions(trigger, catalog),
    ...windowInQuietHours(trigger, guardrails),
    ...(trigger.kind === 'ask' ? keptFromAll(trigger, guardrails) : []),
  ];
}

function notLive({ status }: Trigger): Hopeless[] {
  if (status === 'draft') return [{ path: 'status', why: 'it is a draft; write status: shadow to watch it' }];
  return status === 'paused' ? [{ path: 'status', why: 'it is paused' }] : [];
}

function windowInQuietHours({ send, channel }: Trigger, { windows, quietHours }: Guardrails): Hopeless[] {
  const window = send === undefined ? undefined : windows[send];
  if (window === undefined || channel === 'nudge') return [];
  const slot = schedule({ window, quietHours, zone: 'UTC', blackouts: [], notBefore: 0 });
  return slot === undefined ? [{ path: 'send', why: `all of ${send} lies in quiet hours` }] : [];
}

/** What the guardrails, the holdout and the pilot leave of it. Thanks know none of these. */
function keptFromAll(trigger: Trigger, guardrails: Guardrails): Hopeless[] {
  const { when, holdout, audience } = trigger;
  const { blockWhen, never } = guardrails;
  const found: Hopeless[] = [];
  for (const [index, gate] of when.entries()) {
    if (gate.kind !== 'signal' || !blockWhen.includes(gate.signal)) continue;
    const why = `it wants ${gate.signal}, which guardrails.yaml lists in block_when`;
    found.push({ path: `when[${index}]`, why });
  }
  for (const path of capsOfNone(trigger, guardrails))
    found.push({ path: 'channel', why: `${path} in guardrails.yaml allows none` });
  if (holdout === 1) found.push({ path: 'holdout', why: 'every account is held out' });
  const pilots = audience?.accounts.filter((id) => !never.accounts.includes(id));
  if (pilots?.length === 0) found.push({ path: 'audience', why: 'no account is left that it is meant for' });
  return found;
}

function capsOfNone({ channel, fallback }: Trigger, guardrails: Guardrails): string[] {
  // Where an owner has no room, the fallback is left.
  const isDraftOnly = channel === 'draft' && fallback === undefined;
  const { perPerson, perAccount, perOwner, workspace, pauseAbove } = guardrails;
  const none = ({ count }: Rate) => count === 0;
  const caps: readonly (readonly [string, boolean])[] = [
    ['per_person.asks', none(perPerson.asks)],
    ['per_person.asks_per_year', perPerson.asksPerYear === 0],
    ['per_person.nudges', channel === 'nudge' && none(perPerson.nudges)],
    ['per_account.asks', none(perAccount.asks)],
    ['per_account.people', none(perAccount.people)],
    ['per_owner.drafts', isDraftOnly && none(perOwner.drafts)],
    ['per_owner.open', isDraftOnly && perOwner.open === 0],
    ['workspace.emails', channel === 'email' && none(workspace.emails)],
    ['pause_above.asks', none(pauseAbove.asks)],
  ];
  return caps.flatMap(([path, isNone]) => (isNone ? [path] : []));
}

/** A `within` that changes nothing, because the signal is over before, or has no date. */
function idleWithin({ when, unless }: Trigger, { signals }: Catalog): Hopeless[] {
  const known = new Map(signals.map((signal) => [signal.name, signal]));
  const listed = (list: 'when' | 'unless', gates: readonly Gate[]) =>
    gates.flatMap((gate, index) => {
      const signal = gate.kind === 'signal' ? known.get(gate.signal) : undefined;
      const within = gate.kind === 'signal' ? gate.within : undefined;
      const why = signal && within !== undefined ? idle(signal, within) : undefined;
      return why === undefined ? [] : [{ path: `${list}[${index}].signal.within`, why }];
    });
  return [...listed('when', when), ...listed('unless', unless)];
}

function idle({ name, evidence, expires }: Signal, within: number): string | undefined {
  if (UNDATED.has(evidence.kind)) return `"${name}" holds now and has no date, so "within" does nothing`;
  return expires !== undefined && within >= expires
    ? `"${name}" expires after ${formatDuration(expires)}, so within: ${formatDuration(within)} does nothing`
    : undefined;
}
