import type { GateAnswer } from './decision.ts';
import type { GateName } from './gate-labels.ts';
import { type HoldSet, NO_HOLDS, withHold } from './hold-set.ts';
import type { Instant } from './time.ts';

/**
 * What a gate found, before it is put into words: an evaluation has hundreds of answers, and nearly all are as they
 * were the last time and read by nobody. Words must rest on what was seen then, for the account may change meanwhile.
 */
export type Finding = {
  readonly gate: string;
  readonly passes: boolean;
  /** As in GateAnswer; but readiness, which takes work, is waited for apart. */
  readonly changesAt: Instant | undefined;
  answer: GateAnswer | (() => GateAnswer);
};

/** Findings that several triggers have in common, summed up once. */
export type Group = {
  readonly findings: readonly Finding[];
  readonly holds: HoldSet;
  /** The first instant at which one of them could change by time alone; Infinity: never. */
  readonly changesAt: Instant;
};

export type Words = string | (() => string);

export function passing(gate: GateName, because: Words, changesAt?: Instant): Finding {
  const answer = () => {
    const words = inWords(because);
    return changesAt === undefined
      ? { gate, passes: true, because: words }
      : { gate, passes: true, because: words, changesAt };
  };
  return { gate, passes: true, changesAt, answer };
}

/** A gate that holds, until `until` where time alone lets it pass. */
export function holding(gate: GateName, because: Words, until?: Instant): Finding {
  const changesAt = until === Number.POSITIVE_INFINITY ? undefined : until;
  const answer = () => {
    const words = inWords(because);
    return changesAt === undefined
      ? { gate, passes: false, because: words }
      : { gate, passes: false, because: words, couldPassAt: changesAt, changesAt };
  };
  return { gate, passes: false, changesAt, answer };
}

/** The answer in words; they are found once. */
export function tell(finding: Finding): GateAnswer {
  if (typeof finding.answer === 'function') finding.answer = finding.answer();
  return finding.answer;
}

/** An answer that is in words already. */
export function told(answer: GateAnswer): Finding {
  const { gate, passes, changesAt } = answer;
  return { gate, passes, changesAt, answer };
}

export function groupOf(findings: readonly Finding[]): Group {
  let holds = NO_HOLDS;
  let first = Number.POSITIVE_INFINITY;
  for (const { gate, passes, changesAt } of findings) {
    if (!passes) holds = withHold(holds, gate);
    if (changesAt !== undefined && changesAt < first) first = changesAt;
  }
  return { findings, holds, changesAt: first };
}

function inWords(words: Words): string {
  return typeof words === 'string' ? words : words();
}
