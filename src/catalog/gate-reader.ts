import type { Gate, ReferralGate } from '../engine/catalog.ts';
import { mention, report, scalarOf } from './place.ts';
import { list, mapped, oneKey, type Reader, record, says, scalarOr } from './readers.ts';
import { longDuration } from './time-readers.ts';
import { choice, numberBetween, text } from './value-readers.ts';
import { checkBounds, someWhere } from './where-reader.ts';

export const STAGES = [
  'clicked',
  'submitted',
  'qualified',
  'meeting',
  'opportunity',
  'won',
  'lost',
  'churned',
] as const;

const points = numberBetween(0, 100);

/** `{ at_least, at_most }` over readiness. */
export const readinessBounds = record(
  'bounds, like { at_least: 60 }',
  {},
  { at_least: points, at_most: points },
  (found, at, given) => {
    if (given.size + given.strangers === 0) report(at, 'expected at_least or at_most, like { at_least: 60 }');
    checkBounds(found.at_least, found.at_most, given, at);
  },
);

const readiness: Reader<Gate> = {
  read: (at) => {
    const bare = scalarOf(at)?.value;
    if (typeof bare === 'number') {
      return report(at, `expected bounds, got ${bare}`, `write { at_least: ${bare} }`);
    }
    const found = readinessBounds.read(at);
    if (found === undefined) return undefined;
    return {
      kind: 'readiness',
      ...(found.at_least === undefined ? {} : { atLeast: found.at_least }),
      ...(found.at_most === undefined ? {} : { atMost: found.at_most }),
    };
  },
  schema: readinessBounds.schema,
};

/** The name of a signal, which `readiness.yaml` must define. */
export const signalName: Reader<string> = mapped(text, (name, at) => {
  mention('signal', name, at);
  return name;
});

const triggerName: Reader<string> = mapped(text, (name, at) => {
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
  scalarOr<ReferralGate, ReferralGate>(choice('in_progress', 'won', 'any'), referralStage),
  (found) => ({ kind: 'referral' as const, referral: found }),
);

const tenure: Reader<Gate> = mapped(
  record('an age, like { at_least: 90d }', { at_least: longDuration }, {}),
  (found) => ({
    kind: 'tenure' as const,
    atLeast: found.at_least,
  }),
);

const gateOf = oneKey<Gate>(
  'a gate',
  {
    readiness: says('How ready the account must be, 0 to 100.', readiness),
    signal: says('A signal that must be on.', signal),
    event: says(
      'Properties of the event that opened the trigger.',
      mapped(someWhere, (where) => ({ kind: 'event' as const, where })),
    ),
    account: says(
      'Traits of the account.',
      mapped(someWhere, (where) => ({ kind: 'account' as const, where })),
    ),
    person: says(
      'Traits of the person to ask.',
      mapped(someWhere, (where) => ({ kind: 'person' as const, where })),
    ),
    asked: says('They were asked within so long.', asked),
    declined: says('They declined within so long.', declined),
    referral: says('The account has referred.', referral),
    tenure: says('The account is at least so old.', tenure),
  },
  'put a dash before each: every gate is an item of its own',
);

const gate: Reader<Gate> = {
  read: (at) => {
    const bare = scalarOf(at)?.value;
    if (typeof bare !== 'string') return gateOf.read(at);
    return report(at, `expected a gate, got ${JSON.stringify(bare)}`, `write signal: ${bare}`);
  },
  schema: gateOf.schema,
};

export const gates = list('a list of gates', gate, 'put a dash before each gate: - signal: promoter');
