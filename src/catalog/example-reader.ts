import type { Scalar } from '../engine/catalog.ts';
import type { Json, JsonObject } from '../engine/event.ts';
import { type Duration, type Instant, parseDuration } from '../engine/time.ts';
import { readinessBounds } from './gate-reader.ts';
import { didYouMean, nearest } from './nearest.ts';
import { describe, entriesOf, isMapAt, itemsOf, mention, type Place, report, scalarOf } from './place.ts';
import {
  dictionary,
  type Given,
  list,
  mapped,
  narrowed,
  oneOrMany,
  type Reader,
  record,
  says,
  type Whole,
} from './readers.ts';
import { duration, instant } from './time-readers.ts';
import { idOf, idText, scalar, text, textOf } from './value-readers.ts';
import { eventName } from './where-reader.ts';

/** A moment in an example: an instant, or so long before the example's own. */
export type Moment = { readonly ago: Duration } | { readonly at: Instant };

export type Traits = ReadonlyMap<string, Scalar>;

export type ExampleEvent = {
  readonly moment: Moment;
  readonly event: string;
  readonly by?: string;
  readonly account?: string;
  readonly properties: JsonObject;
};

export type Expectation = {
  /** The person who must be asked. */
  readonly ask?: string;
  /** Gates that must be among the holding ones. */
  readonly hold?: readonly string[];
  readonly readiness?: { readonly at_least?: number; readonly at_most?: number };
};

export type Example = {
  readonly name: string;
  readonly line: number;
  readonly at?: Instant;
  readonly account: { readonly created?: Moment; readonly traits: Traits };
  readonly people: ReadonlyMap<string, Traits>;
  readonly events: readonly ExampleEvent[];
  readonly expect: Expectation;
};

/** Examples play on Wednesday, 14 January 2026, 10:00 UTC unless they say otherwise. */
export const EXAMPLE_TIME: Instant = Date.UTC(2026, 0, 14, 10);

/** `200d ago`, or an instant. */
const moment: Reader<Moment> = {
  read: (at) => {
    const value = scalarOf(at)?.value;
    const [, span = ''] = (typeof value === 'string' && /^(\S+) ago$/.exec(value)) || [];
    const ago = parseDuration(span);
    if (ago !== undefined) return { ago };
    if (typeof value === 'string' && /^\d{4}-/.test(value)) {
      const exact = instant.read(at);
      return exact === undefined ? undefined : { at: exact };
    }
    const guess =
      typeof value === 'string' && parseDuration(value) !== undefined ? `write ${value} ago` : undefined;
    return report(at, `expected a moment like 200d ago or 2026-01-14T10:00:00Z, got ${describe(at)}`, guess);
  },
  schema: { type: 'string', pattern: '^(\\d{1,6}[smhdw] ago|\\d{4}-\\d\\d-\\d\\dT.+)$' },
};

const traits: Reader<Traits> = dictionary('traits, like { plan: enterprise }', scalar);

/** `created` is a moment; every other key is a trait. */
const account: Reader<Example['account']> = {
  read: (at) => {
    const entries = entriesOf(at, 'traits, like { created: 200d ago, plan: enterprise }');
    if (entries === undefined) return undefined;
    const before = at.file.faults.length;
    const found = new Map<string, Scalar>();
    let created: Moment | undefined;
    for (const { key, value } of entries) {
      if (key === 'created') created = moment.read(value);
      const trait = key === 'created' ? undefined : scalar.read(value);
      if (trait !== undefined) found.set(key, trait);
    }
    if (at.file.faults.length > before) return undefined;
    return { traits: found, ...(created === undefined ? {} : { created }) };
  },
  schema: { type: 'object' },
};

const json: Reader<Json> = {
  read: (at) => {
    const items = itemsOf(at);
    if (items !== undefined) return items.flatMap((item) => json.read(item) ?? []);
    return isMapAt(at) ? properties.read(at) : scalar.read(at);
  },
  schema: {},
};

const properties: Reader<JsonObject> = {
  read: (at) => {
    const entries = entriesOf(at, 'properties, like { score: 10 }');
    return entries && Object.fromEntries(entries.map(({ key, value }) => [key, json.read(value) ?? null]));
  },
  schema: { type: 'object' },
};

const EVENT_KEYS = ['event', 'ago', 'at', 'by', 'account', 'properties'];

const event: Reader<ExampleEvent> = mapped(
  record(
    'an event, like { ago: 3d, event: Report Shared, by: ada }',
    { event: eventName },
    { ago: duration, at: instant, by: idText, account: idText, properties },
    (_found, at, given) => {
      if (given.has('ago') === given.has('at'))
        report(at, 'an event needs one of "ago" and "at"', 'write { ago: 3d, … }');
    },
    (key) => (nearest(key, EVENT_KEYS) === undefined ? `write properties: { ${key}: … }` : undefined),
  ),
  ({ ago, at, properties: given = {}, ...rest }) => {
    const when: Moment | undefined = ago !== undefined ? { ago } : at !== undefined ? { at } : undefined;
    return when && { ...rest, moment: when, properties: given };
  },
);

const gateName: Reader<string> = mapped(textOf('the name of a gate, like support_trouble'), (name, at) => {
  mention('gate', name, at);
  return name;
});

const personName = idOf('a person of the example, like ada');

const expectation: Reader<Expectation> = record(
  'what must come out, like { ask: ada } or { hold: support_trouble }',
  {},
  { ask: personName, hold: oneOrMany('a gate or a list of gates', gateName), readiness: readinessBounds },
  (_found, at, given) => {
    if (given.size + given.strangers === 0) report(at, 'expected what must come out: ask, hold or readiness');
    const hold = given.get('hold');
    if (hold !== undefined && given.has('ask'))
      report(hold.keyAt, 'an example expects to ask or to hold, not both');
  },
);

const must = { name: text, expect: narrowed(expectation, { minProperties: 1 }) } as const;
const may = {
  at: says('The instant of the example; else Wednesday 10:00 UTC.', instant),
  account,
  people: dictionary('the people by name, like { ada: { title: CFO } }', traits),
  events: list('a list of events', event),
} as const;

const body = record('an example, with name, events and expect', must, may, (found, at, given) => {
  checkPerson(found, at, given);
  checkMoments(found, given);
});

export const exampleReader: Reader<Example> = {
  read: (at) => {
    const found = body.read(at);
    if (found === undefined) return undefined;
    return {
      name: found.name,
      line: at.file.lines.linePos(at.offset).line,
      account: found.account ?? { traits: new Map() },
      people: found.people ?? new Map(),
      events: found.events ?? [],
      expect: found.expect,
      ...(found.at === undefined ? {} : { at: found.at }),
    };
  },
  schema: body.schema,
};

/** Only someone in the example can be asked. */
function checkPerson(found: Partial<Whole<typeof must, typeof may>>, at: Place, given: Given): void {
  const ask = found.expect?.ask;
  if (ask === undefined || (given.has('events') && found.events === undefined)) return;
  const people = new Set([
    ...(found.people?.keys() ?? []),
    ...(found.events ?? []).flatMap(({ by }) => by ?? []),
  ]);
  if (people.has(ask)) return;
  const place = given.get('expect')?.value ?? at;
  report(
    { ...place, path: `${place.path}.ask` },
    `"${ask}" is nobody in this example`,
    didYouMean(ask, people),
  );
}

/** What has not happened yet at the example's moment would be left out in silence. */
function checkMoments(
  { at: end = EXAMPLE_TIME, events = [] }: Partial<Whole<typeof must, typeof may>>,
  given: Given,
) {
  const place = given.get('events')?.value;
  for (const [index, { moment: when }] of events.entries()) {
    if (place === undefined || !('at' in when) || when.at <= end) continue;
    const item = itemsOf(place)?.[index] ?? place;
    const then = new Date(end).toISOString();
    report({ ...item, path: `${item.path}.at` }, `this is later than the moment of the example, ${then}`);
  }
}
