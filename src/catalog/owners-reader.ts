import { type Place, report } from './place.ts';
import type { OwnerEntry, Owners } from './published.ts';
import { dictionary, list, mapped, type Reader, record, says } from './readers.ts';
import { isDay, zone } from './time-readers.ts';
import { single, url } from './value-readers.ts';

const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;]+$/;

const address: Reader<string> = single(
  'an email address like lee@vendor.example',
  { type: 'string', pattern: '^\\S+@\\S+$' },
  (value) =>
    typeof value === 'string' && ADDRESS.test(value.trim()) ? value.trim().toLowerCase() : undefined,
);

const day: Reader<string> = single(
  'a day like 2026-12-24',
  { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' },
  (value) => (typeof value === 'string' && isDay(value) ? value : undefined),
);

const stretch = record(
  'days away, like { from: 2026-12-20, to: 2027-01-03 }',
  { from: day, to: day },
  {},
  (found, at, given) => {
    if (found.from !== undefined && found.to !== undefined && found.to < found.from)
      report(
        given.get('to')?.value ?? at,
        'they are back before they leave',
        'put the earlier day at "from"',
      );
  },
);

const owner = record(
  'what is known of an owner, like { cover: lee@vendor.example }',
  {},
  {
    timezone: says('In which their mornings are; default that of guardrails.yaml.', zone),
    away: says(
      'When drafts go to their cover; the last day counts whole.',
      list('a list of days away', stretch),
    ),
    cover: says('Who gets their drafts meanwhile; default DEFAULT_OWNER_EMAIL.', address),
    slack: says('An incoming webhook of Slack that tells them of each draft as well.', url),
  },
);

const ownersFile = record(
  'a map with "owners"',
  {
    owners: says(
      'Customer-success managers by their address.',
      dictionary('a map of addresses', owner, (name, at) => {
        if (!ADDRESS.test(name))
          report(at, `expected an email address like sam@vendor.example, got "${name}"`);
      }),
    ),
  },
  {},
);

export const ownersSchema = ownersFile.schema;

const owners = mapped(ownersFile, ({ owners: found }): Owners => {
  const entries = [...found].map(([name, entry]): [string, OwnerEntry] => [name.toLowerCase(), entry]);
  return Object.fromEntries(entries);
});

/** `owners.yaml`: who is away, who covers for them, and how else they are told of drafts. */
export function readOwners(root: Place): Owners | undefined {
  return owners.read(root);
}
