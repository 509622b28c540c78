import type { Json } from '../engine/event.ts';

const NEWS: Readonly<Record<string, string>> = {
  'Referral Submitted': 'got in touch',
  'Referral Qualified': 'looks like a good fit',
  'Referral Meeting Held': 'had a first meeting with us',
  'Referral Opportunity': 'is thinking about buying',
  'Referral Won': 'became a customer',
  'Referral Lost': 'decided against it',
  'Referral Churned': 'left again',
};

type Told = {
  readonly name: string;
  readonly properties: Readonly<Record<string, Json | undefined>>;
  /** Whom a referral is about, where that is known. */
  readonly company?: string | null;
};

/** What an event was, as a colleague would say it, without its date: “Gave 9 of 10”, “Nordwind became a customer”. */
export function eventInWords({ name, properties, company }: Told): string {
  const { score } = properties;
  switch (name) {
    case 'NPS Answered':
      return typeof score === 'number' ? `Gave ${score} of 10` : 'Answered the survey';
    case 'Kind Words':
      return 'Wrote';
    case 'Business Review Held':
      return 'Business review';
    default:
      return name in NEWS ? `${company ?? 'The company they introduced'} ${newsInWords(name)}` : name;
  }
}

/** What became of a referral, to follow its company's name. */
export const newsInWords = (name: string | null): string => NEWS[name ?? ''] ?? 'came up again';
