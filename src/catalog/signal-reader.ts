import type { Effect, Signal } from '../engine/catalog.ts';
import { GATE_LABELS } from '../engine/gate-labels.ts';
import { defined } from '../engine/record.ts';
import { evidenceReaders } from './evidence-reader.ts';
import { nearest } from './nearest.ts';
import { entriesOf, isMapAt, note, type Place, report, scalarOf } from './place.ts';
import {
  dictionary,
  type Given,
  mapped,
  narrowed,
  type Reader,
  record,
  says,
  type Whole,
} from './readers.ts';
import { longDuration } from './time-readers.ts';
import { UNDATED } from './undated.ts';
import { numberBetween, percent, text } from './value-readers.ts';
import { match } from './where-reader.ts';

const KINDS = Object.keys(evidenceReaders);

const points = numberBetween(1, 99);

/** What a signal is worth; below nothing it would be evidence against. */
const worth: Reader<number> = {
  ...points,
  read: (at) => {
    const value = scalarOf(at)?.value;
    if (typeof value !== 'number' || value >= 0) return points.read(at);
    return report(
      at,
      `expected ${points.expected}, got ${value}`,
      `for evidence against write dampens: ${-value}%`,
    );
  },
};

const keys = {
  ...evidenceReaders,
  until: says('An event that ends what happened.', match),
  points: says('Evidence for: the readiness this signal is worth alone, 1 to 99.', worth),
  dampens: says('Evidence against: the share of readiness it takes away.', percent(1, 100)),
  half_life: says('After this long it counts half.', longDuration),
  expires: says('After this long it counts no more.', longDuration),
  says: says(
    'The sentence that people read; may use {{ count }}, {{ from }}, {{ to }}, {{ value }}, {{ person }}.',
    text,
  ),
} as const;

type Body = Whole<Record<never, never>, typeof keys>;

const body = record('a signal, like { happened: { event: Kind Words }, points: 30 }', {}, keys, checkSignal);

/** A signal as it is written below its name. */
const signal: Reader<Omit<Signal, 'name'>> = mapped(body, (found) => {
  const evidence = evidenceOf(found);
  if (evidence === undefined) return undefined;
  return {
    evidence,
    effect: effectOf(found),
    ...defined({ halfLife: found.half_life, expires: found.expires, says: found.says }),
  };
});

const named = dictionary('the signals by name', signal, (name, at) => {
  if (Object.hasOwn(GATE_LABELS, name))
    note(at, `a gate of Goodturn is called "${name}" too, so "held by ${name}" may mean either`);
  if (/^[A-Za-z][\w.-]{0,63}$/.test(name)) return;
  report(at, `"${name}" cannot name a signal`, 'use letters, digits and _, like seat_expansion');
});

const signals = narrowed(named, { propertyNames: { pattern: '^[A-Za-z][\\w.-]{0,63}$' } });

const readinessFile = record('the signals of readiness', { signals }, {});

/** `readiness.yaml`: a map `signals`, or the signals themselves at the top. */
export function readReadiness(root: Place): readonly Signal[] | undefined {
  const found = hasSignalsKey(root) ? readinessFile.read(root)?.signals : signals.read(root);
  if (found?.size === 0) note(root, 'no signal is defined, so the readiness of every account is 0');
  return found && [...found].map(([name, rest]) => ({ name, ...rest }));
}

/** `signals:` at the top, or a slip of it: a lone key like it, with maps below that are no signal by themselves. */
function hasSignalsKey(root: Place): boolean {
  const top = (isMapAt(root) && entriesOf(root, '')) || [];
  if (top.some(({ key }) => key === 'signals')) return true;
  const [only, another] = top;
  if (only === undefined || another !== undefined || nearest(only.key, ['signals']) === undefined)
    return false;
  const below = (isMapAt(only.value) && entriesOf(only.value, '')) || [];
  return below.length > 0 && !below.some(({ key }) => Object.hasOwn(keys, key));
}

/** The names given in a file, also of signals that are at fault: so that no gate is blamed for them. */
export function signalNames(root: Place): readonly string[] {
  const top = (isMapAt(root) && entriesOf(root, '')) || [];
  const inside = top.find(({ key }) => key === 'signals')?.value;
  const entries = inside === undefined ? top : (isMapAt(inside) && entriesOf(inside, '')) || [];
  return entries.map(({ key }) => key);
}

export const readinessSchema = readinessFile.schema;

function checkSignal(found: Partial<Body>, at: Place, given: Given): void {
  const kinds = KINDS.filter((kind) => given.has(kind));
  const [first, second] = kinds;
  if (first === undefined && given.strangers === 0)
    report(at, `a signal needs a kind: one of ${KINDS.join(', ')}`);
  const secondAt = second === undefined ? undefined : given.get(second)?.keyAt;
  if (secondAt !== undefined)
    report(secondAt, `a signal has one kind, got ${kinds.join(' and ')}`, 'make two signals of it');
  const until = given.get('until')?.keyAt;
  if (until !== undefined && first !== undefined && first !== 'happened') {
    report(until, `"until" ends what happened; "${first}" has none`);
  }
  if (until !== undefined && found.happened?.kind === 'happened' && found.happened.until !== undefined) {
    report(until, '"until" is given twice', 'keep one of them');
  }
  const dampens = given.get('dampens')?.keyAt;
  if (dampens !== undefined && given.has('points')) {
    report(dampens, 'a signal has points or dampens, not both', 'make two signals of it');
  }
  if (found.says !== undefined) checkSentence(found.says, given.get('says')?.value ?? at);
  for (const key of ['half_life', 'expires']) {
    const place = given.get(key)?.keyAt;
    if (place !== undefined && first !== undefined && UNDATED.has(first))
      note(place, `"${first}" never fades, so this does nothing`);
  }
}

function checkSentence(sentence: string, at: Place): void {
  const rest = sentence.replace(/\{\{\s*[^{}#/>!&^*~\s][^{}]*\}\}/g, '');
  if (/\{\{|\}\}/.test(rest))
    report(at, 'a sentence may hold names in braces only', 'write it like "{{ person }} gave a {{ score }}"');
}

function evidenceOf({ happened, milestone, frequency, growth, nps, silent, trait, tenure, until }: Body) {
  if (happened?.kind === 'happened' && until !== undefined) return { ...happened, until };
  return happened ?? milestone ?? frequency ?? growth ?? nps ?? silent ?? trait ?? tenure;
}

function effectOf({ points, dampens }: Body): Effect {
  if (points !== undefined) return { kind: 'points', points };
  return dampens === undefined ? { kind: 'none' } : { kind: 'dampens', share: dampens / 100 };
}
