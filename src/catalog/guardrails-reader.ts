import type { Guardrails } from '../engine/catalog.ts';
import type { Duration, Instant } from '../engine/time.ts';
import { DEFAULT_GUARDRAILS } from './default-guardrails.ts';
import { signalName } from './gate-reader.ts';
import { endOfDay, startOfDay } from './local-day.ts';
import { noteLoosened } from './loosened.ts';
import { describe, entriesOf, isMapAt, type Place, report, scalarOf } from './place.ts';
import { dictionary, list, mapped, narrowed, type Reader, record, says, type Whole } from './readers.ts';
import { duration, instant, isDay, longDuration, rate, timeOfDay, zone } from './time-readers.ts';
import { choice, idText, single, text, wholeBetween } from './value-readers.ts';
import { window } from './window-reader.ts';

/** A day, or an instant; a day at the end counts whole, in the workspace's zone. */
type Edge = { readonly day: string } | { readonly instant: Instant };

const edge: Reader<Edge> = {
  read: (at) => {
    const value = scalarOf(at)?.value;
    if (typeof value === 'string' && isDay(value)) return { day: value };
    if (typeof value === 'string' && /T/.test(value)) {
      const exact = instant.read(at);
      return exact === undefined ? undefined : { instant: exact };
    }
    const message = `expected a day like 2026-12-24 or an instant, got ${describe(at)}`;
    const [, day = '', month = '', year] =
      (typeof value === 'string' && /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(value)) || [];
    const meant = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    return report(at, message, isDay(meant) ? `did you mean ${meant}?` : undefined);
  },
  schema: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d(T.+)?$' },
  expected: 'a day like 2026-12-24 or an instant',
};

/** A domain as it stands after the @; links and addresses are the slips people make. */
const domain: Reader<string> = single(
  'a domain like acme.com',
  { type: 'string', pattern: '^@?[^\\s@/:*]+$' },
  (value) => {
    const name = typeof value === 'string' ? value.toLowerCase().replace(/^@/, '') : '';
    return /^[\p{L}\d-]+(\.[\p{L}\d-]+)*$/u.test(name) ? name : undefined;
  },
  (value) => {
    const [, name] =
      /^(?:\w+:\/\/)?(?:[^@/]*@|\*\.|www\.)?([\w.-]+\.[a-z]{2,})(?:\/.*)?$/i.exec(String(value)) ?? [];
    return name === undefined ? undefined : `did you mean "${name.toLowerCase()}"?`;
  },
);

// Quiet hours that start and end together mean none, so 24:00, which is 00:00, could mean either.
const quietEdge = narrowed(
  mapped(timeOfDay, (minutes, at) =>
    minutes < 24 * 60 ? minutes : report(at, 'expected a time before 24:00', 'write "00:00"'),
  ),
  { pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' },
);

const hours = record(
  'hours, like { from: "20:00", to: "08:00" }',
  {},
  { from: quietEdge, to: quietEdge, weekends: choice('quiet', 'normal') },
);

/** `off` and `20:00-08:00` are how people say it. */
const quietHours: typeof hours = {
  ...hours,
  read: (at) => {
    const bare = String(scalarOf(at)?.value);
    const [, from, to] = /^\s*(\d\d:\d\d)\s*(?:-|–|to)\s*(\d\d:\d\d)\s*$/.exec(bare) ?? [];
    if (from !== undefined)
      return report(
        at,
        `expected ${hours.expected}, got ${describe(at)}`,
        `write { from: "${from}", to: "${to}" }`,
      );
    if (!/^(off|none|no|never|false)$/.test(bare)) return hours.read(at);
    const none = 'for none write { from: "00:00", to: "00:00", weekends: normal }';
    return report(at, `expected ${hours.expected}, got ${describe(at)}`, none);
  },
};

const blackout = record(
  'a blackout, like { from: 2026-12-24, to: 2027-01-01, why: holidays }',
  { from: edge, to: edge, why: text },
  {},
  (found, at) => {
    if (found.from === undefined || found.to === undefined) return;
    if (edgeAt(found.from, 'from', 'UTC') >= edgeAt(found.to, 'to', 'UTC'))
      report(at, 'the blackout ends before it starts', 'swap from and to?');
  },
);

/** As much as a rate may say: so high a cap holds nobody. */
const MOST = 999_999;

const keys = {
  per_person: says(
    'Caps on one person, over all channels.',
    record(
      'caps, like { asks: 1 per 30d }',
      {},
      {
        asks: rate,
        asks_per_year: wholeBetween(0, MOST),
        after_decline: duration,
        nudges: rate,
        detractor_for: says(
          'A person whose own latest answer is 6 or less is not asked for so long.',
          duration,
        ),
      },
    ),
  ),
  per_account: says(
    'Caps on one account.',
    record(
      'caps, like { asks: 1 per 14d }',
      {},
      {
        asks: rate,
        people: says('So many different people.', rate),
        minimum_tenure: duration,
      },
    ),
  ),
  per_owner: says(
    'Caps on one CSM.',
    record('caps, like { drafts: 3 per 1d }', {}, { drafts: rate, open: wholeBetween(0, MOST) }),
  ),
  workspace: record('caps, like { emails: 200 per 1h }', {}, { emails: rate }),
  pause_above: says(
    'Past it a trigger pauses itself.',
    record('a rate, like { asks: 1000 per 1d }', {}, { asks: rate }),
  ),
  quiet_hours: quietHours,
  windows: dictionary('windows by name', window),
  timezone: says('When neither person nor account has one.', zone),
  block_when: says('Signals that hold every ask.', list('a list of signals', signalName)),
  never: says(
    'Who is never asked.',
    record(
      'lists, like { plans: [trial] }',
      {},
      {
        domains: list('a list of domains', domain),
        plans: list('a list of plans', text),
        accounts: list('a list of account ids', idText),
        people: list('a list of user ids', idText),
      },
    ),
  ),
  blackouts: list('a list of blackouts', blackout),
  attribution: record(
    'attribution, like { window: 90d, model: last }',
    {},
    {
      window: longDuration,
      model: choice('last', 'first', 'split'),
      segments: says('Other windows by segment.', dictionary('windows by segment', longDuration)),
    },
  ),
} as const;

const guardrailsFile = record('guardrails, like per_person: { asks: 1 per 30d }', {}, keys);

export const guardrailsSchema = guardrailsFile.schema;

type Written = Whole<Record<never, never>, typeof keys>;

/** `guardrails.yaml` over the defaults; notes each one that it loosens. */
export function readGuardrails(root: Place): Guardrails | undefined {
  const found = guardrailsFile.read(root);
  if (found === undefined) return undefined;
  const guardrails = overDefaults(found);
  noteLoosened(guardrails, root);
  return guardrails;
}

/** The windows there are, also those at fault. */
export function windowNames(root: Place | undefined): readonly string[] {
  const windows =
    root && isMapAt(root) ? entriesOf(root, '')?.find(({ key }) => key === 'windows')?.value : undefined;
  const own = windows && isMapAt(windows) ? (entriesOf(windows, '') ?? []) : [];
  return [...new Set([...Object.keys(DEFAULT_GUARDRAILS.windows), ...own.map(({ key }) => key)])];
}

function overDefaults(found: Written): Guardrails {
  const base = DEFAULT_GUARDRAILS;
  const timezone = found.timezone ?? base.timezone;
  return {
    ...limitsOver(found),
    quietHours: { ...base.quietHours, ...found.quiet_hours },
    windows: { ...base.windows, ...Object.fromEntries(found.windows ?? []) },
    timezone,
    blockWhen: found.block_when ?? base.blockWhen,
    never: { ...base.never, ...found.never },
    blackouts: (found.blackouts ?? []).map(({ from, to, why }) => ({
      from: edgeAt(from, 'from', timezone),
      to: edgeAt(to, 'to', timezone),
      why,
    })),
    attribution: {
      window: found.attribution?.window ?? base.attribution.window,
      model: found.attribution?.model ?? base.attribution.model,
      segments: Object.fromEntries<Duration>(found.attribution?.segments ?? []),
    },
  };
}

type Limits = Pick<Guardrails, 'perPerson' | 'perAccount' | 'perOwner' | 'workspace' | 'pauseAbove'>;

function limitsOver({ per_person, per_account, per_owner, workspace, pause_above }: Written): Limits {
  const base = DEFAULT_GUARDRAILS;
  return {
    perPerson: {
      asks: per_person?.asks ?? base.perPerson.asks,
      asksPerYear: per_person?.asks_per_year ?? base.perPerson.asksPerYear,
      afterDecline: per_person?.after_decline ?? base.perPerson.afterDecline,
      nudges: per_person?.nudges ?? base.perPerson.nudges,
      detractorFor: per_person?.detractor_for ?? base.perPerson.detractorFor,
    },
    perAccount: {
      asks: per_account?.asks ?? base.perAccount.asks,
      people: per_account?.people ?? base.perAccount.people,
      minimumTenure: per_account?.minimum_tenure ?? base.perAccount.minimumTenure,
    },
    perOwner: { ...base.perOwner, ...per_owner },
    workspace: { ...base.workspace, ...workspace },
    pauseAbove: { ...base.pauseAbove, ...pause_above },
  };
}

function edgeAt(edge: Edge, side: 'from' | 'to', timezone: string): Instant {
  if ('instant' in edge) return edge.instant;
  return side === 'from' ? startOfDay(edge.day, timezone) : endOfDay(edge.day, timezone);
}
