/**
 * Every gate that an answer may name, but for signals, which answer under their own names; with the words that
 * people read over the answer. Those of guardrails are spelled like their path in guardrails.yaml.
 */
export const GATE_LABELS = {
  on: 'waiting for its event',
  status: 'not live',
  imported: 'known from imported history only',
  readiness: 'readiness',
  event: 'the event itself',
  account: 'the account’s traits',
  person: 'the person’s traits',
  asked: 'asked before',
  declined: 'declined before',
  referral: 'referrals',
  tenure: 'how long they have been a customer',
  no_person: 'nobody to ask',
  no_address: 'no address',
  no_owner: 'no owner to ask in person',
  no_slot: 'no suitable hour',
  outranked: 'another ask came first',
  again: 'asked this before',
  audience: 'not among the pilot accounts',
  paused: 'stopped by hand',
  hold: 'put on hold by hand',
  suppressed: 'wants no more messages',
  nudge_closed: 'closed the last card',
  team_domains: 'one of our own',
  blackouts: 'nobody is asked in these days',
  'never.accounts': 'an account that is never asked',
  'never.domains': 'a domain that is never asked',
  'never.plans': 'a plan that is never asked',
  'never.people': 'a person who is never asked',
  'per_account.asks': 'the account was asked a short while ago',
  'per_account.people': 'enough people of the account were asked',
  'per_account.minimum_tenure': 'too new a customer',
  'per_person.asks': 'the person was asked a short while ago',
  'per_person.asks_per_year': 'the person was asked often enough this year',
  'per_person.after_decline': 'the person declined',
  'per_person.nudges': 'the person saw a card a short while ago',
  'per_person.detractor_for': 'the person is unhappy',
} as const;

export type GateName = keyof typeof GATE_LABELS;
