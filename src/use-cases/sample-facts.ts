import type { ContextFacts } from '../delivery/context.ts';
import type { Trigger } from '../engine/catalog.ts';
import { previewLinks } from './preview-facts.ts';

/** Somebody made up, of whom everything is known. */
export function sampleFacts(
  { PRODUCT_NAME, BASE_URL }: { readonly PRODUCT_NAME: string; readonly BASE_URL: string },
  triggers: readonly Trigger[],
): Omit<ContextFacts, 'program'> {
  const links = { advocate: `${BASE_URL}/a/preview`, referral: `${BASE_URL}/r/preview` };
  return {
    person: PERSON,
    account: ACCOUNT,
    ownerEmail: 'carla@vendor.example',
    readiness: {
      value: 78,
      contributions: [
        { signal: 'promoter', says: 'Ada gave us a 10 of 10', points: 60 },
        { signal: 'milestone', says: 'They have completed ten workflows', points: 18 },
      ],
    },
    opening: {
      name: triggers.flatMap(({ on }) => on)[0] ?? 'NPS Answered',
      occurredAt: Date.UTC(2026, 0, 7, 10),
      properties: { score: 10, comment: 'It saves us an hour every day.', seats: 25 },
    },
    referral: {
      id: 'ref_preview',
      company: 'Peer GmbH',
      name: 'Petra Peer',
      role: 'Head of Operations',
      stage: 'won',
    },
    links: previewLinks(links, BASE_URL, triggers),
    productName: PRODUCT_NAME,
  };
}

const PERSON: ContextFacts['person'] = {
  id: 'ada',
  traits: {
    email: 'ada@customer.example',
    name: 'Ada Grace',
    first_name: 'Ada',
    title: 'Head of Operations',
    role: 'admin',
  },
};

const ACCOUNT: ContextFacts['account'] = {
  id: 'customer',
  traits: {
    name: 'Customer Ltd',
    domain: 'customer.example',
    plan: 'business',
    seats: 25,
    csm_name: 'Carla Sommer',
    csm_email: 'carla@vendor.example',
  },
};
