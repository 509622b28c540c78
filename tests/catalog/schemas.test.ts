import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

const FAULTY = join(import.meta.dirname, 'faulty');
const KINDS = ['guardrails', 'owners', 'program', 'readiness', 'rewards', 'trigger'];

/** What an editor checks by: the stored file, as zod understands it. */
const schemaOf = (kind: string) =>
  z.fromJSONSchema(JSON.parse(readFileSync(`triggers/.schema/${kind}.json`, 'utf8')));
// A tag that is not known is the check's to tell of, not the parser's.
const parse = (text: string): unknown => parseYaml(text, { logLevel: 'error' });

const schemas = new Map(KINDS.map((kind) => [kind, schemaOf(kind)]));

const accepts = (kind: string, text: string) => schemas.get(kind)?.safeParse(parse(text)).success;

/** A file that is no YAML, or gives a key twice, never gets as far as a schema. */
function isYaml(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Faulty, and of the right shape: what only several keys, other files or the calendar can tell. */
const RIGHT_SHAPE: Readonly<Record<string, readonly string[]>> = {
  guardrails: [
    'bad-zone',
    'blackout-backwards',
    'blackout-impossible-day',
    'unknown-blocker',
    'window-of-no-length',
    'zone-city',
    'zone-offset',
  ],
  owners: ['away-backwards', 'city', 'impossible-day', 'no-address'],
  program: [
    'intro-itself',
    'intro-multiline-error',
    'intro-partial',
    'intro-triple',
    'intro-unclosed',
    'unknown-name-in-intro',
  ],
  readiness: [
    'growth-by-below',
    'growth-by-nothing',
    'no-kind',
    'nothing-but-effect',
    'nps-upside',
    'points-and-dampens',
    'says-unclosed',
    'says-with-block',
    'two-kinds',
    'until-on-milestone',
    'until-twice',
    'where-above-below',
    'where-exists-false-and-is',
    'where-nothing',
  ],
  rewards: [
    'amount-percent-big',
    'currency-unknown',
    'no-amount',
    'tiers-going-down',
    'two-rules-of-one-name',
  ],
  trigger: [
    'action-url-on-email',
    'actor-without-on',
    'alias',
    'delay-at-least-latest',
    'delay-equals-latest',
    'delay-past-latest',
    'event-gate-without-on',
    'example-ask-and-hold',
    'example-asks-a-stranger',
    'example-created',
    'example-event-both',
    'example-event-future',
    'example-event-without-moment',
    'fallback-lacks-parts',
    'fallback-template',
    'fallback-too-late',
    'js-tag',
    'latest-before-deadline',
    'readiness-upside-down',
    'referrer-on-nps',
    'send-anytime',
    'send-time',
    'template-hbs',
    'template-lacks-parts',
    'template-newline',
    'template-path',
    'unknown-asked-trigger',
    'unknown-signal-in-map',
    'unknown-signal',
    'unknown-template',
    'unknown-window',
  ],
};

describe('the JSON Schemas that editors check by', () => {
  const files = readdirSync('triggers').filter((name) => name.endsWith('.yaml'));

  test.each(files)('accept %s', (file) => {
    const text = readFileSync(`triggers/${file}`, 'utf8');
    const kind = KINDS.find((one) => file === `${one}.yaml`) ?? 'trigger';
    expect(schemas.get(kind)?.safeParse(parse(text)).error).toBeUndefined();
  });

  test.each(KINDS)('refuse every faulty %s but those that are of the right shape', (kind) => {
    const faulty = readdirSync(join(FAULTY, kind));
    const accepted = faulty.filter((file) => {
      const text = readFileSync(join(FAULTY, kind, file), 'utf8');
      return isYaml(text) && accepts(kind, text);
    });
    expect(accepted.map((file) => file.replace('.yaml.txt', ''))).toEqual(RIGHT_SHAPE[kind]);
  });

  test.each(KINDS)('accept every doubtful %s', (kind) => {
    for (const file of doubtful(kind)) expect([file, accepts(kind, read(kind, file))]).toEqual([file, true]);
  });
});

const DOUBTFUL = join(import.meta.dirname, 'doubtful');
const doubtful = (kind: string) =>
  readdirSync(DOUBTFUL).includes(kind) ? readdirSync(join(DOUBTFUL, kind)) : [];
const read = (kind: string, file: string) => readFileSync(join(DOUBTFUL, kind, file), 'utf8');
