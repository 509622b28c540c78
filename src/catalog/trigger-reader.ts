import type { Channel, Trigger } from '../engine/catalog.ts';
import { defined } from '../engine/record.ts';
import { DAY, type Duration, HOUR } from '../engine/time.ts';
import { type Example, exampleReader } from './example-reader.ts';
import { gates } from './gate-reader.ts';
import { nearest } from './nearest.ts';
import { describe, itemsOf, mention, note, type Place, report, scalarOf } from './place.ts';
import { list, mapped, narrowed, oneOrMany, type Reader, record, says, type Whole } from './readers.ts';
import { duration, longDuration } from './time-readers.ts';
import { checkTrigger } from './trigger-rules.ts';
import { choice, choiceOf, idText, percent, text, textOf, url, wholeBetween } from './value-readers.ts';
import { eventName } from './where-reader.ts';

const CHANNELS = ['nudge', 'draft', 'email'] as const;

const WINDOW = 'the name of a window of guardrails.yaml';

const windowName: Reader<string> = mapped(textOf(WINDOW, 'define it there, and name it here'), (name, at) => {
  mention('window', name, at);
  return name;
});

const templateName = textOf('the name of a folder in templates/');

const fallback = record(
  'a second way, like { channel: email, after: 18h }',
  { channel: choice('email', 'nudge'), after: longDuration },
  { template: templateName },
);

const again: Reader<Duration | 'never'> = {
  read: (at) => {
    const value = scalarOf(at)?.value;
    if (value === 'never') return value;
    const meansNever =
      value === false || (typeof value === 'string' && nearest(value, ['never', 'no', 'once']));
    if (!meansNever) return duration.read(at);
    return report(at, `expected ${duration.expected}, or never, got ${describe(at)}`, 'did you mean never?');
  },
  schema: { anyOf: [duration.schema, { const: 'never' }] },
  expected: `${duration.expected}, or never`,
};

const who = choiceOf(['actor', 'promoter', 'champion', 'referrer'], (word) =>
  /^(csm|owner|account manager)$/.test(word)
    ? 'this is the customer to be asked; what goes to their CSM has channel: draft'
    : undefined,
);

const eventList = { type: 'array', items: eventName.schema, minItems: 1 };

const openings: Reader<readonly string[]> = mapped(
  narrowed(oneOrMany('an event or a list of events', eventName), { anyOf: [eventName.schema, eventList] }),
  (names, at) => {
    if (names.length === 0)
      return report(
        at,
        'expected at least one event, got an empty list',
        'leave "on" out to look at every change of the account',
      );
    const list = names.length === 1 && itemsOf(at) === undefined ? names[0]?.split(/\s*,\s*/) : undefined;
    if (list !== undefined && list.length > 1)
      note(at, 'this is one event with a comma in its name', `for several write [${list.join(', ')}]`);
    return [...new Set(names)];
  },
);

const must = {
  channel: says('How the ask reaches them.', choice(...CHANNELS)),
  template: says('A folder in templates/ with the words.', templateName),
} as const;

const may = {
  description: says('What this trigger is for, in a sentence.', text),
  status: says(
    'Only live triggers ask; shadow ones are watched.',
    choice('draft', 'shadow', 'live', 'paused', 'archived'),
  ),
  kind: says('Thanks are outside the caps on asks.', choice('ask', 'thanks')),
  on: says('The events that open it; leave it out to look at every change of the account.', openings),
  when: says('All of these must hold.', gates),
  unless: says('None of these may hold.', gates),
  who: says('Whom to ask.', who),
  delay: says('How long to wait after the decision.', duration),
  send: says('A window of guardrails.yaml.', windowName),
  deadline: says('The aim, from the opening event; later counts as late.', longDuration),
  latest: says('Past it the ask expires.', longDuration),
  fallback: says('For a draft whose owner does not act, or that has no owner.', fallback),
  again: says('May ask this person again after so long, or never.', again),
  priority: says('The highest of several goes first.', wholeBetween(1, 100)),
  holdout: says('The share of accounts that is never asked, for comparison.', percent(0, 100)),
  fresh: says('An older event opens nothing.', longDuration),
  expires: says('Unanswered for so long, it is over.', longDuration),
  action_url: says("Where a nudge's button leads; else the advocate's page.", url),
  audience: says(
    'For a pilot: these accounts only.',
    record('accounts, like { accounts: [acme] }', { accounts: list('a list of account ids', idText) }, {}),
  ),
  examples: says('Cases that must come out as they say.', list('a list of examples', exampleReader)),
} as const;

export type WrittenTrigger = Whole<typeof must, typeof may>;

const triggerFile = record(
  'a trigger: keys such as on, when, channel, template',
  must,
  may,
  checkTrigger,
  belongsElsewhere,
);

/** Where a key is at home that is none of a trigger. */
function belongsElsewhere(key: string): string | undefined {
  if (key === 'name') return 'a trigger is called as its file is';
  if (GUARDRAIL_KEYS.includes(key)) return 'this is for all triggers: write it in guardrails.yaml';
  return SIGNAL_KEYS.includes(key) ? 'this makes a signal: write it in readiness.yaml' : undefined;
}

const GUARDRAIL_KEYS = [
  'per_person',
  'per_account',
  'per_owner',
  'workspace',
  'pause_above',
  'quiet_hours',
  'windows',
  'timezone',
  'block_when',
  'never',
  'blackouts',
  'attribution',
];
const SIGNAL_KEYS = [
  'signals',
  'points',
  'dampens',
  'half_life',
  'says',
  'happened',
  'milestone',
  'nps',
  'growth',
];

export const triggerSchema = triggerFile.schema;

/** One file of `triggers/`; its name is the trigger's. Examples come out even when the trigger is at fault. */
export function readTrigger(
  name: string,
  root: Place,
): { trigger: Trigger; examples: readonly Example[] } | undefined {
  const found = triggerFile.read(root);
  if (found === undefined) return undefined;
  if (found.status === undefined)
    note(root, 'no status is given, so it is live', 'write status: live to say so');
  return { trigger: toTrigger(name, found), examples: found.examples ?? [] };
}

function toTrigger(name: string, found: WrittenTrigger): Trigger {
  const { deadline, latest = deadline, kind = 'ask', on = [] } = found;
  return {
    name,
    description: found.description ?? '',
    status: found.status ?? 'live',
    kind,
    on,
    when: found.when ?? [],
    unless: found.unless ?? [],
    who: found.who ?? (on.length > 0 ? 'actor' : 'champion'),
    channel: found.channel,
    template: found.template,
    delay: found.delay ?? 0,
    again: found.again ?? (kind === 'thanks' ? 0 : 90 * DAY),
    priority: found.priority ?? 50,
    holdout: (found.holdout ?? 0) / 100,
    fresh: found.fresh ?? deadline ?? 24 * HOUR,
    expires: found.expires ?? expiry(found.channel),
    ...defined({
      send: found.send,
      deadline,
      latest,
      fallback: found.fallback,
      actionUrl: found.action_url,
      audience: found.audience,
    }),
  };
}

const expiry = (channel: Channel) => (channel === 'nudge' ? 3 : 14) * DAY;
