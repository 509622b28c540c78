import type { Gate, ReferralGate } from '../engine/catalog.ts';
import { defined } from '../engine/record.ts';
import { STAGES } from '../referrals/stage.ts';
import { describe, itemsOf, mention, type Place, report, scalarOf } from './place.ts';
import { list, mapped, narrowed, oneKey, type Reader, record, says, scalarOr } from './readers.ts';
import { age, longDuration } from './time-readers.ts';
import { choice, choiceOf, numberBetween, textOf } from './value-readers.ts';
import { checkBounds, someWhere } from './where-reader.ts';

const points = numberBetween(0, 100);

const boundsRecord = record(
  'bounds, like { at_least: 60 }',
  {},
  { at_least: points, at_most: points },
  (found, at, given) => {
    if (given.size + given.strangers === 0) report(at, 'expected at_least or at_most, like { at_least: 60 }');
    checkBounds(found.at_least, found.at_most, given, at);
  },
);

/** `{ at_least, at_most }` over readiness. */
export const readinessBounds: typeof boundsRecord = {
  ...narrowed(boundsRecord, { minProperties: 1 }),
  read: (at) => {
    const meant = bareBounds(at);
    if (meant === undefined) return boundsRecord.read(at);
    return report(at, `expected bounds, got ${describe(at)}`, `write ${meant}`);
  },
};

/** What a lone number, `>= 60`, `60%` or `[60, 90]` is meant to say. */
function bareBounds(at: Place): string | undefined {
  const [from, to] = (itemsOf(at) ?? []).map((item) => scalarOf(item)?.value);
  if (typeof from === 'number' && typeof to === 'number') return `{ at_least: ${from}, at_most: ${to} }`;
  const bare = scalarOf(at)?.value;
  const [, sign = '', number] = /^\s*([<>]?)=?\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(String(bare)) ?? [];
  if (number === undefined) return undefined;
  return sign === '<' ? `{ at_most: ${number} }` : `{ at_least: ${number} }`;
}

const readiness: Reader<Gate> = mapped(readinessBounds, (found) => ({
  kind: 'readiness' as const,
  ...defined({ atLeast: found.at_least, atMost: found.at_most }),
}));

/** The name of a signal, which `readiness.yaml` must define. */
export const signalName: Reader<string> = mapped(textOf('the name of a signal'), (name, at) => {
  mention('signal', name, at);
  return name;
});

const triggerName: Reader<string> = mapped(textOf('the name of a trigger'), (name, at) => {
  mention('trigger', name, at);
  return name;
});

const signal: Reader<Gate> = mapped(
  scalarOr(
    mapped(signalName, (name) => ({ name })),
    record('a signal, like { name: promoter, within: 30d }', { name: signalName }, { within: longDuration }),
  ),
  (found) => ({
    kind: 'signal' as const,
    signal: found.name,
    ...('within' in found && found.within !== undefined ? { within: found.within } : {}),
  }),
);

const asked: Reader<Gate> = mapped(
  record(
    'a span, like { within: 30d }',
    { within: longDuration },
    { channel: choice('nudge', 'draft', 'email'), trigger: triggerName },
  ),
  (found) => ({ kind: 'asked' as const, ...found }),
);

const declined: Reader<Gate> = mapped(
  record('a span, like { within: 90d }', { within: longDuration }, {}),
  (found) => ({
    kind: 'declined' as const,
    ...found,
  }),
);

const referralStage: Reader<ReferralGate> = record(
  'a stage, like { stage: won, within: 90d }',
  { stage: choice(...STAGES) },
  { within: longDuration },
);

const referral: Reader<Gate> = mapped(
  scalarOr<ReferralGate, ReferralGate>(
    choiceOf(['in_progress', 'won', 'any'], (word) =>
      STAGES.some((stage) => stage === word) ? `write { stage: ${word} }` : undefined,
    ),
    referralStage,
  ),
  (found) => ({ kind: 'referral' as const, referral: found }),
);

const tenure: Reader<Gate> = mapped(age, (found) => ({
  kind: 'tenure' as const,
  atLeast: found.at_least,
}));

/** A gate on properties or traits. */
const whereGate = (kind: 'event' | 'account' | 'person', what: string): Reader<Gate> =>
  mapped(someWhere(what), (where) => ({ kind, where }));

const gateOf = oneKey<Gate>(
  'a gate',
  {
    readiness: says('How ready the account must be, 0 to 100.', readiness),
    signal: says('A signal that must be on.', signal),
    event: says(
      'Properties of the event that opened the trigger.',
      whereGate(
        'event',
        'properties of the event, like { score: { at_least: 9 } }; which event it is stands in "on"',
      ),
    ),
    account: says(
      'Traits of the account.',
      whereGate('account', 'traits of the account, like { plan: enterprise }'),
    ),
    person: says(
      'Traits of the person to ask.',
      whereGate('person', 'traits of the person, like { role: admin }'),
    ),
    asked: says('They were asked within so long.', asked),
    declined: says('They declined within so long.', declined),
    referral: says('The account has referred.', referral),
    tenure: says('The account is at least so old.', tenure),
  },
  gateHint,
);

function gateHint(key: string): string | undefined {
  if (key === 'within') return 'write it inside: signal: { name: promoter, within: 30d }';
  if (/^(any|or|any_of|either)$/.test(key)) return 'there is no "or": write a second trigger';
  if (/^(all|and|all_of)$/.test(key)) return 'all gates of "when" must hold: leave this level out';
  return /^(not|none|nor|no)$/.test(key) ? 'put the gate under "unless"' : undefined;
}

const gate: Reader<Gate> = {
  read: (at) => {
    const bare = scalarOf(at)?.value;
    if (typeof bare !== 'string') return gateOf.read(at);
    return report(at, `expected a gate, got ${JSON.stringify(bare)}`, `write signal: ${bare}`);
  },
  schema: gateOf.schema,
  expected: 'a gate',
};

export const gates = list('a list of gates', gate, 'put a dash before each gate: - signal: promoter');
