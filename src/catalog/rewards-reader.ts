import { defined } from '../engine/record.ts';
import { DAY } from '../engine/time.ts';
import { describe, entriesOf, itemsOf, note, type Place, report, scalarOf } from './place.ts';
import { list, mapped, type Reader, record, says, type Whole } from './readers.ts';
import type { RewardAmount, RewardRule } from './reward-rule.ts';
import { duration, longDuration } from './time-readers.ts';
import { anyNumber, choice, parsePercent, single, text, wholeBetween } from './value-readers.ts';
import { where } from './where-reader.ts';

const AMOUNT = 'an amount like 500, or a share of the first year like 10%';

const amount: Reader<RewardAmount> = {
  read: (at) => {
    const value = scalarOf(at)?.value;
    if (typeof value === 'number' && value >= 0) return { unit: 'fixed', amount: value };
    const percent = typeof value === 'string' ? parsePercent(value) : undefined;
    if (percent !== undefined && percent > 0 && percent <= 100) return { unit: 'percent_of_acv', percent };
    const [, digits] = /^[^\d-]*(\d[\d,]*(?:\.\d+)?)[^\d%]*$/.exec(String(value)) ?? [];
    const meant = digits && `did you mean ${digits.replaceAll(',', '')}? The currency has a key of its own`;
    return report(at, `expected ${AMOUNT}, got ${describe(at)}`, meant);
  },
  expected: AMOUNT,
  schema: {
    anyOf: [
      { type: 'number', minimum: 0 },
      { type: 'string', pattern: '^\\d+(\\.\\d+)?%$' },
    ],
  },
};

const currency: Reader<string> = single(
  'a currency code like USD',
  { type: 'string', pattern: '^[A-Z]{3}$' },
  (value) => Intl.supportedValuesOf('currency').find((code) => code === value),
  (value) => {
    const meant =
      { $: 'USD', '€': 'EUR', '£': 'GBP', '¥': 'JPY' }[String(value)] ?? String(value).toUpperCase();
    return Intl.supportedValuesOf('currency').includes(meant) ? `did you mean ${meant}?` : undefined;
  },
);

const cap: Reader<number> = mapped(anyNumber, (most, at) =>
  most >= 0 ? most : report(at, `expected 0 or more, got ${most}`),
);

const tier = record('a tier, like { from: 3, amount: 15% }', { from: wholeBetween(2, 1_000), amount }, {});

const must = {
  name: text,
  kind: choice('account_credit', 'feature_unlock', 'tier_upgrade', 'priority_support', 'cash', 'donation'),
} as const;

const may = {
  program: choice('customer', 'partner', 'employee'),
  account: says("Traits of the advocate's account.", where),
  referral: says('What is known of the referral: acv, plan, segment.', where),
  beneficiary: choice('advocate', 'referred'),
  amount,
  currency,
  earned_at: choice('submitted', 'qualified', 'meeting', 'opportunity', 'won'),
  hold: duration,
  cap: record('caps, like { per_account: 5000 }', {}, { per_account: cap, per_month: cap }),
  tiers: list('a list of tiers', tier),
  later: record('a second part, like { after: 180d, amount: 5% }', { after: longDuration, amount }, {}),
  clawback: longDuration,
  says: text,
} as const;

const rule: Reader<RewardRule> = mapped(
  record(
    'a rule, like { name: credit, kind: account_credit, amount: 500 }',
    must,
    may,
    (found, at, given) => {
      if (!given.has('amount') && ['account_credit', 'cash', 'donation'].includes(found.kind ?? '')) {
        report(at, `"amount" is missing: a reward of the kind ${found.kind} needs one`);
      }
      const steps = (found.tiers ?? []).map(({ from }) => from);
      if (steps.some((from, index) => index > 0 && from <= (steps[index - 1] ?? 0))) {
        report(given.get('tiers')?.value ?? at, 'tiers go up: each "from" is above the one before');
      }
    },
    (key) =>
      /^(segment|plan|acv)$/.test(key)
        ? `write account: { ${key}: … } for the advocate's, referral: { ${key}: … } for the new customer's`
        : undefined,
  ),
  toRule,
);

const rules = list('a list of rules', rule);
const rewardsFile = record('the rewards, like { rules: [] }', { rules }, {});

export const rewardsSchema = rewardsFile.schema;

/** `rewards.yaml`: its rules, in order. */
export function readRewards(root: Place): readonly RewardRule[] | undefined {
  const found = rewardsFile.read(root)?.rules;
  if (found === undefined) return undefined;
  const at = (index: number) => placesOf(root)[index] ?? root;
  const twice = found.findIndex(({ name }, index) => found.findIndex((one) => one.name === name) < index);
  if (twice >= 0) {
    const message = `two rules are named "${found[twice]?.name}"`;
    return report(at(twice), message, 'a reward is given once per referral and rule name');
  }
  for (const [index, { program, beneficiary }] of found.entries()) {
    const before = found
      .slice(0, index)
      .find((one) => one.program === program && one.beneficiary === beneficiary && fitsAll(one));
    if (before) note(at(index), `"${before.name}" above fits every referral, so this rule is never reached`);
  }
  return found;
}

const fitsAll = ({ account, referral }: RewardRule) => account.length === 0 && referral.length === 0;

function placesOf(root: Place): readonly Place[] {
  const rules = entriesOf(root, '')?.find(({ key }) => key === 'rules')?.value;
  return (rules && itemsOf(rules)) ?? [];
}

function toRule(found: Whole<typeof must, typeof may>): RewardRule {
  return {
    name: found.name,
    kind: found.kind,
    program: found.program ?? 'customer',
    account: found.account ?? [],
    referral: found.referral ?? [],
    beneficiary: found.beneficiary ?? 'advocate',
    amount: found.amount ?? { unit: 'fixed', amount: 0 },
    currency: found.currency ?? 'USD',
    earnedAt: found.earned_at ?? 'won',
    hold: found.hold ?? 30 * DAY,
    cap: {
      ...(found.cap?.per_account === undefined ? {} : { perAccount: found.cap.per_account }),
      ...(found.cap?.per_month === undefined ? {} : { perMonth: found.cap.per_month }),
    },
    tiers: found.tiers ?? [],
    ...defined({ later: found.later, clawback: found.clawback, says: found.says }),
  };
}
