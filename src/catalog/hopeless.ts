import type { Catalog, Gate, Trigger } from '../engine/catalog.ts';
import { note, type OpenFile } from './place.ts';

/** Notes each trigger that can never ask, and why. */
export function noteHopeless(catalog: Catalog, files: ReadonlyMap<string, OpenFile>): void {
  const most = mostReadiness(catalog);
  for (const trigger of catalog.triggers) {
    const root = files.get(trigger.name)?.root;
    if (root === undefined) continue;
    for (const why of reasons(trigger, catalog, most))
      note({ ...root, path: 'when' }, `can never ask: ${why}`);
  }
}

function reasons(trigger: Trigger, { guardrails }: Catalog, most: number): string[] {
  const refused = new Set(trigger.unless.map((gate) => JSON.stringify(gate)));
  const found: string[] = [];
  for (const gate of trigger.when) {
    if (refused.has(JSON.stringify(gate))) found.push(`${inWords(gate)} is in "when" and in "unless"`);
    if (gate.kind === 'readiness' && (gate.atLeast ?? 0) > most) {
      found.push(
        `it wants a readiness of ${gate.atLeast}, and all signals together reach ${Math.floor(most * 10) / 10}`,
      );
    }
    if (gate.kind === 'signal' && trigger.kind === 'ask' && guardrails.blockWhen.includes(gate.signal)) {
      found.push(`it wants ${gate.signal}, which guardrails.yaml lists in block_when`);
    }
  }
  return found;
}

/** What an account reaches for which every signal speaks. */
function mostReadiness({ signals }: Catalog): number {
  const rest = signals.reduce(
    (left, { effect }) => (effect.kind === 'points' ? left * (1 - effect.points / 100) : left),
    1,
  );
  return 100 * (1 - rest);
}

function inWords(gate: Gate): string {
  return gate.kind === 'signal' ? `the signal ${gate.signal}` : `the same gate on ${gate.kind}`;
}
