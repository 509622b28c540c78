import { test } from 'vitest';
import fc from 'fast-check';
import { play, someStory } from './decide-laws.test.ts';
test('probe', () => {
  const counts: Record<string, number> = {}; let evals = 0; let asks = 0, del=0;
  for (const story of fc.sample(someStory, 400)) {
    const w = play(story);
    evals += w.evaluations.length; asks += w.asks.length;
    for (const a of w.asks) counts['ask:'+a.status+':'+a.channel] = (counts['ask:'+a.status+':'+a.channel] ?? 0) + 1;
    for (const e of w.evaluations) for (const d of e.decisions) for (const g of d.gates) if (!g.passes) counts[g.gate] = (counts[g.gate] ?? 0) + 1;
  }
  process.stdout.write(JSON.stringify({evals, asks, counts}, null, 1));
});
