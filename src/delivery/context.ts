import type { Program } from '../catalog/published.ts';
import { renderTemplate } from '../catalog/render-template.ts';
import { type Compiled, compileTemplate } from '../catalog/template.ts';
import { type ContextValue, emptyContext, type TemplateContext } from '../catalog/template-context.ts';
import type { Opening } from '../engine/account.ts';
import type { Scalar } from '../engine/catalog.ts';
import type { Json } from '../engine/event.ts';
import type { Readiness } from '../engine/readiness.ts';
import { oneLine, parseAddress, safeLabel, safeName } from './address.ts';

type Traits = Readonly<Record<string, Scalar>>;

export type ContextFacts = {
  readonly person: { readonly id: string; readonly traits: Traits };
  readonly account: { readonly id: string; readonly traits: Traits };
  /** The address of whoever looks after the account; their name is read from the account's traits. */
  readonly ownerEmail?: string;
  readonly readiness: Pick<Readiness, 'value' | 'contributions'>;
  readonly opening?: Pick<Opening, 'name' | 'occurredAt' | 'properties'>;
  readonly referral?: ReferralFacts;
  readonly reward?: Partial<TemplateContext['reward']>;
  readonly links: Partial<TemplateContext['link']>;
  readonly productName: string;
  readonly program: Program;
};

export type ReferralFacts = {
  readonly id: string;
  readonly company: string | null;
  readonly name: string | null;
  readonly role: string | null;
  readonly stage: string | null;
};

/** Everything a message of this ask may speak of: flat, every name there, `null` where nothing is known. */
export function buildContext(facts: ContextFacts): TemplateContext {
  const context: TemplateContext = {
    ...emptyContext(),
    person: personOf(facts.person),
    account: accountOf(facts.account),
    owner: ownerOf(facts.account.traits, facts.ownerEmail),
    signals: [...facts.readiness.contributions]
      .sort((a, b) => b.points - a.points)
      .map(({ signal, says, points }) => ({ name: signal, says: oneLine(says), points: Math.round(points) })),
    readiness: Math.round(facts.readiness.value),
    event: eventOf(facts.opening),
    referral: referralOf(facts.referral),
    reward: { ...emptyContext().reward, ...facts.reward },
    link: { ...emptyContext().link, ...facts.links },
    product: { name: oneLine(facts.productName) },
    program: { ...facts.program, intro: null, offer: offerFor(facts.program, facts.account.traits) },
  };
  return { ...context, program: { ...context.program, intro: introduction(facts.program, context) } };
}

/** Who looks after an account: the name is known only where `csm_email` is that very address. */
export function ownerOf(traits: Traits, ownerEmail: string | undefined): TemplateContext['owner'] {
  if (ownerEmail === undefined) return { name: null, first_name: null, email: null };
  const isCsm = text(traits['csm_email'])?.toLowerCase() === ownerEmail.toLowerCase();
  const name = isCsm ? orNull(safeName(text(traits['csm_name']) ?? '')) : null;
  return { name, first_name: firstWord(name), email: ownerEmail };
}

function personOf({ id, traits }: ContextFacts['person']): TemplateContext['person'] {
  const name = nameOfPerson(traits);
  const parsed = parseAddress(text(traits['email']) ?? '');
  return {
    id,
    email: 'address' in parsed ? parsed.address : null,
    name,
    first_name: orNull(safeName(text(traits['first_name']) ?? '')) ?? firstWord(name),
    title: label(traits['title']),
    role: label(traits['role']),
    locale: localeOf(text(traits['locale'])),
  };
}

/** What a person is called, as far as that is known, fit for a sentence. */
export function nameOfPerson(traits: Traits): string | null {
  const given = [text(traits['first_name']), text(traits['last_name'])].filter(Boolean).join(' ');
  return orNull(safeName(text(traits['name']) ?? given));
}

function accountOf({ id, traits }: ContextFacts['account']): TemplateContext['account'] {
  const seats = Number(text(traits['seats']) ?? Number.NaN);
  return {
    id,
    name: label(traits['name']),
    domain: label(traits['domain']),
    plan: label(traits['plan']),
    seats: Number.isFinite(seats) ? seats : null,
    segment: label(traits['segment']),
  };
}

function eventOf(opening: ContextFacts['opening']): TemplateContext['event'] {
  if (opening === undefined) return emptyContext().event;
  const properties = Object.entries(opening.properties).map(
    ([name, value]) => [name, contextValue(value)] as const,
  );
  return { name: opening.name, occurred_at: opening.occurredAt, properties: Object.fromEntries(properties) };
}

// A structure of lists, maps and scalars either way; only the spelling of the type differs.
const contextValue = (value: Json): ContextValue => value;

function referralOf(referral: ReferralFacts | undefined): TemplateContext['referral'] {
  if (referral === undefined) return emptyContext().referral;
  const name = orNull(safeName(referral.name ?? ''));
  return {
    id: referral.id,
    company: orNull(safeLabel(referral.company ?? '')),
    name,
    first_name: firstWord(name),
    role: orNull(safeLabel(referral.role ?? '')),
    stage: referral.stage,
  };
}

function offerFor({ offer }: Program, traits: Traits): string | null {
  const segment = text(traits['segment']) ?? '';
  if (Object.hasOwn(offer, segment)) return offer[segment] ?? null;
  return Object.hasOwn(offer, 'default') ? (offer['default'] ?? null) : null;
}

const introductions = new WeakMap<Program, Compiled>();

function introduction(program: Program, context: TemplateContext): string | null {
  if (program.intro === null) return null;
  const known = introductions.get(program) ?? compileIntroduction(program.intro);
  introductions.set(program, known);
  return renderTemplate(known, context).trim();
}

function compileIntroduction(source: string): Compiled {
  const result = compileTemplate(source, 'text', { file: 'program.yaml', path: 'intro' });
  if (Array.isArray(result))
    throw new Error(`intro in program.yaml is faulty: ${result.map(({ message }) => message).join('; ')}`);
  return result;
}

function text(value: Scalar | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

const label = (value: Scalar | undefined) => orNull(safeLabel(text(value) ?? ''));
const orNull = (value: string) => (value === '' ? null : value);
const firstWord = (name: string | null) => name?.split(' ')[0] ?? null;
const localeOf = (value: string | undefined) =>
  /^[a-z]{2,3}([-_][a-z0-9]{2,8}){0,3}$/i.test(value ?? '') ? (value ?? null) : null;
