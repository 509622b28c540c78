import { guardrailsSchema } from './guardrails-reader.ts';
import { ownersSchema } from './owners-reader.ts';
import { programSchema } from './program-reader.ts';
import type { JsonSchema } from './readers.ts';
import { rewardsSchema } from './rewards-reader.ts';
import { readinessSchema } from './signal-reader.ts';
import { triggerSchema } from './trigger-reader.ts';

/**
 * A JSON Schema for each kind of file in `triggers/`, so that editors complete and check as one types. They are
 * stored in `triggers/.schema/`; what only the whole catalog can tell, such as an unknown signal, they cannot.
 */
export const CATALOG_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  trigger: titled('A trigger: when to ask, whom, how', triggerSchema),
  readiness: titled('The signals that readiness is made of', readinessSchema),
  guardrails: titled('What no trigger may do', guardrailsSchema),
  program: titled('What messages may say about the program', programSchema),
  rewards: titled('What a referral earns', rewardsSchema),
  owners: titled('Who is away, and who covers for them', ownersSchema),
};

function titled(title: string, schema: JsonSchema): JsonSchema {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...schema };
}
