import { createHash } from 'node:crypto';
import type { Rewritten, TracedEvent } from '../db/traced-events.ts';
import type { Json } from '../engine/event.ts';
import { accountFact } from './account-fact.ts';
import { scrubFullNames, scrubJson, scrubMarks, type Traces } from './traces.ts';

/** What becomes of an event when a person is erased. */
export type Fates = (event: TracedEvent) => 'stays' | 'gone' | Rewritten;

/**
 * An event of theirs goes, but for what it says of the account; an event of somebody else's loses what names them.
 * `referred`: the referrals that introduced them.
 */
export function fatesOf(traces: Traces, referred: ReadonlySet<string>): Fates {
  const ids = new Set(traces.ids);
  const isTheirs = ({ personId, reportedPerson }: TracedEvent) => ids.has(personId ?? reportedPerson ?? '');
  const [marks, names] = [scrubMarks(traces), scrubFullNames(traces)];
  return (event) => {
    const nameless = isTheirs(event);
    const { referral_id: referral } = event.properties;
    const isOfThem = typeof referral === 'string' && referred.has(referral);
    const fact = nameless || isOfThem ? accountFact(event) : event.properties;
    if (fact === undefined || (nameless && event.accountId === '')) return 'gone';
    const scrub = nameless ? names : marks;
    const properties = scrubJson(fact, scrub);
    const isNamedInId = scrub(event.id) !== event.id;
    if (!nameless && !isNamedInId && same(properties, event.properties)) return 'stays';
    const { accountId, at, id } = event;
    return { accountId, at, id, newId: isNamedInId ? otherId(event) : id, nameless, properties };
  };
}

const same = (a: Json, b: Json) => JSON.stringify(a) === JSON.stringify(b);

const otherId = ({ source, id }: TracedEvent) =>
  `${source}:${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;

/** As many of them are looked for, the longest first. */
const MOST_SENTENCES = 5000;

/** What they wrote in their own words, which others may have been shown: a comment, say. */
export function sentencesOf(events: readonly TracedEvent[], { ids }: Traces): string[] {
  const sentences = new Set<string>();
  const gather = (value: Json): void => {
    if (typeof value === 'string') {
      if (value.length >= 12 && /\S\s+\S/.test(value)) sentences.add(value);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(gather);
  };
  for (const event of events)
    if (ids.includes(event.personId ?? event.reportedPerson ?? '') && accountFact(event) === undefined)
      gather(event.properties);
  return [...sentences].sort((a, b) => b.length - a.length).slice(0, MOST_SENTENCES);
}
