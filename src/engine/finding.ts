import type { GateAnswer } from './decision.ts';
import type { GateName } from './gate-labels.ts';
import type { Instant } from './time.ts';

/**
 * What a gate found, before it is put into words: an evaluation has hundreds of answers, and nearly all are as they
 * were the last time and read by nobody. Words must rest on what was seen then, for the account may change meanwhile.
 */
export type Finding = {
  readonly gate: string;
  readonly passes: boolean;
  /** As in GateAnswer, but for readiness: that takes work and is waited for apart. */
  readonly changesAt: Instant | undefined;
  readonly because: Words;
  readonly readinessTurnsAt: (() => Instant | undefined) | undefined;
  told: GateAnswer | undefined;
};

export type Words = string | (() => string);

/** A finding of any gate, a signal's among them. */
export function finding(gate: string, passes: boolean, because: Words, changesAt?: Instant): Finding {
  return { gate, passes, changesAt, because, readinessTurnsAt: undefined, told: undefined };
}

/** A gate that passes; `changesAt`: when time alone could change that. */
export function passing(gate: GateName, because: Words, changesAt?: Instant): Finding {
  return { gate, passes: true, changesAt, because, readinessTurnsAt: undefined, told: undefined };
}

/** A gate that holds, until `until` where time alone lets it pass. */
export function holding(gate: GateName, because: Words, until?: Instant): Finding {
  const changesAt = until === Number.POSITIVE_INFINITY ? undefined : until;
  return { gate, passes: false, changesAt, because, readinessTurnsAt: undefined, told: undefined };
}

/** An answer that is in words already. */
export function told(answer: GateAnswer): Finding {
  const { gate, passes, because, changesAt } = answer;
  return { gate, passes, changesAt, because, readinessTurnsAt: undefined, told: answer };
}

/** The sooner of an instant and the one at which the answer could change. */
export function sooner(first: Instant, { changesAt }: Finding): Instant {
  return changesAt !== undefined && changesAt < first ? changesAt : first;
}

/** The answer in words; they are found once. */
export function tell(finding: Finding): GateAnswer {
  finding.told ??= inWords(finding);
  return finding.told;
}

function inWords(found: Finding): GateAnswer {
  const { gate, passes } = found;
  const because = typeof found.because === 'string' ? found.because : found.because();
  const changesAt = found.readinessTurnsAt ? found.readinessTurnsAt() : found.changesAt;
  if (changesAt === undefined) return { gate, passes, because };
  if (passes) return { gate, passes, because, changesAt };
  return { gate, passes, because, couldPassAt: changesAt, changesAt };
}
