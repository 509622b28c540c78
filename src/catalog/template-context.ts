import type { Program } from './published.ts';

type Known<Value> = Value | null;

/** A property of an event as a template sees it; what is no list, object or scalar does not exist. */
export type ContextValue =
  | string
  | number
  | boolean
  | null
  | readonly ContextValue[]
  | { readonly [name: string]: ContextValue };

/**
 * Everything a message may speak of. Every name exists, and is `null` when unknown, so a template
 * never fails for lack of a value. Instants are epoch milliseconds, for the `date` helper.
 */
export type TemplateContext = {
  readonly person: {
    readonly id: Known<string>;
    readonly email: Known<string>;
    readonly name: Known<string>;
    readonly first_name: Known<string>;
    readonly title: Known<string>;
    readonly role: Known<string>;
    readonly locale: Known<string>;
  };
  readonly account: {
    readonly id: Known<string>;
    readonly name: Known<string>;
    readonly domain: Known<string>;
    readonly plan: Known<string>;
    readonly seats: Known<number>;
    readonly segment: Known<string>;
  };
  readonly owner: {
    readonly name: Known<string>;
    readonly first_name: Known<string>;
    readonly email: Known<string>;
  };
  /** What speaks for the account, strongest first; `says` is the sentence that people read. */
  readonly signals: readonly { readonly name: string; readonly says: string; readonly points: number }[];
  /** Whole, 0–100. */
  readonly readiness: number;
  /** The event that opened the ask; names and properties are null for a trigger without `on`. */
  readonly event: {
    readonly name: Known<string>;
    readonly occurred_at: Known<number>;
    readonly properties: { readonly [name: string]: ContextValue };
  };
  readonly referral: {
    readonly id: Known<string>;
    readonly company: Known<string>;
    readonly name: Known<string>;
    readonly first_name: Known<string>;
    readonly role: Known<string>;
    readonly stage: Known<string>;
  };
  /** `says` is the reward in words ("an account credit of 500 USD"). */
  readonly reward: {
    readonly says: Known<string>;
    readonly kind: Known<string>;
    readonly amount: Known<number>;
    readonly currency: Known<string>;
    readonly state: Known<string>;
  };
  readonly link: {
    /** The advocate's page. */
    readonly advocate: Known<string>;
    /** What the advocate forwards to a peer. */
    readonly referral: Known<string>;
    /** Null in a draft: its owner sends it from their own mailbox. */
    readonly unsubscribe: Known<string>;
    /** The draft's page, for the owner. */
    readonly draft: Known<string>;
    /** A nudge's button: the trigger's `action_url`, else the advocate's page. */
    readonly action: Known<string>;
  };
  readonly product: { readonly name: string };
  /** `intro` is rendered, and `offer` is the one of the account's segment. */
  readonly program: Omit<Program, 'offer'> & { readonly offer: Known<string> };
};

/**
 * Every name a template may use. `[]` marks the items of a list, `*` any name below.
 */
export const CONTEXT_NAMES = [
  'person.id',
  'person.email',
  'person.name',
  'person.first_name',
  'person.title',
  'person.role',
  'person.locale',
  'account.id',
  'account.name',
  'account.domain',
  'account.plan',
  'account.seats',
  'account.segment',
  'owner.name',
  'owner.first_name',
  'owner.email',
  'signals[].name',
  'signals[].says',
  'signals[].points',
  'readiness',
  'event.name',
  'event.occurred_at',
  'event.properties.*',
  'referral.id',
  'referral.company',
  'referral.name',
  'referral.first_name',
  'referral.role',
  'referral.stage',
  'reward.says',
  'reward.kind',
  'reward.amount',
  'reward.currency',
  'reward.state',
  'link.advocate',
  'link.referral',
  'link.unsubscribe',
  'link.draft',
  'link.action',
  'product.name',
  'program.ideal_customer.role',
  'program.ideal_customer.size',
  'program.ideal_customer.pain',
  'program.intro',
  'program.assets[].label',
  'program.assets[].url',
  'program.next_steps',
  'program.booking_url',
  'program.terms_url',
  'program.offer',
] as const;

/** The context in which nothing is known: what each template must read well with. */
export function emptyContext(): TemplateContext {
  return {
    person: { id: null, email: null, name: null, first_name: null, title: null, role: null, locale: null },
    account: { id: null, name: null, domain: null, plan: null, seats: null, segment: null },
    owner: { name: null, first_name: null, email: null },
    signals: [],
    readiness: 0,
    event: { name: null, occurred_at: null, properties: {} },
    referral: { id: null, company: null, name: null, first_name: null, role: null, stage: null },
    reward: { says: null, kind: null, amount: null, currency: null, state: null },
    link: { advocate: null, referral: null, unsubscribe: null, draft: null, action: null },
    product: { name: 'our product' },
    program: {
      ideal_customer: { role: null, size: null, pain: null },
      intro: null,
      assets: [],
      next_steps: null,
      booking_url: null,
      terms_url: null,
      offer: null,
    },
  };
}
