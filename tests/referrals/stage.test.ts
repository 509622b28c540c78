import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import {
  CHURN_WINDOW,
  eventName,
  isOver,
  moveStage,
  STAGES,
  type Stage,
  type Stages,
} from '../../src/referrals/stage.ts';

const at = (stage: Stage, stages: Stages = {}) => ({ stage, stages });

describe('a referral moves', () => {
  test('one step forward', () => {
    expect(moveStage(at('submitted', { submitted: 1 }), 'qualified', 5)).toEqual({
      kind: 'moved',
      stage: 'qualified',
      stages: { submitted: 1, qualified: 5 },
    });
  });

  test('over stages that were skipped', () => {
    expect(moveStage(at('submitted'), 'won', 5)).toMatchObject({ kind: 'moved', stages: { won: 5 } });
  });

  test('to where it is already, and nothing changes', () => {
    expect(moveStage(at('won', { won: 5 }), 'won', 9)).toEqual({ kind: 'same' });
  });

  test('never back, and the refusal names where it can go', () => {
    expect(moveStage(at('opportunity'), 'qualified', 5)).toEqual({
      kind: 'refused',
      because: 'This referral is at "opportunity" and cannot go to "qualified": it can go to won, lost.',
    });
  });

  test('to churned until exactly 90 days after signing, and no later', () => {
    expect(moveStage(at('won', { won: 10 }), 'churned', 10 + CHURN_WINDOW).kind).toBe('moved');
    expect(moveStage(at('won', { won: 10 }), 'churned', 10 + CHURN_WINDOW + 1).kind).toBe('refused');
    expect(CHURN_WINDOW).toBe(90 * DAY);
  });

  test('to churned only from won', () => {
    for (const stage of STAGES.filter((name) => name !== 'won' && name !== 'churned')) {
      expect(moveStage(at(stage), 'churned', 1).kind).toBe('refused');
    }
  });
});

describe('laws of moves', () => {
  const stage = fc.constantFrom(...STAGES);
  const path = fc.array(fc.record({ stage, at: fc.integer({ min: 0, max: 5 }) }), { maxLength: 12 });
  const walk = (moves: readonly { stage: Stage; at: number }[]) =>
    moves.reduce<{ stage: Stage; stages: Stages; visited: readonly Stage[] }>(
      (from, to) => {
        const move = moveStage(from, to.stage, to.at);
        return move.kind === 'moved' ? { ...move, visited: [...from.visited, move.stage] } : from;
      },
      { stage: 'clicked', stages: {}, visited: [] },
    );

  test('no stage is reached twice, so its event has one id for ever', () => {
    fc.assert(
      fc.property(path, (moves) => {
        const { visited } = walk(moves);
        expect(new Set(visited).size).toBe(visited.length);
      }),
    );
  });

  test('nothing follows an end', () => {
    fc.assert(
      fc.property(path, stage, (moves, next) => {
        const end = walk(moves);
        if (isOver(end.stage)) expect(moveStage(end, next, 0).kind).not.toBe('moved');
      }),
    );
  });
});

test('every stage but the anonymous click has an event of its own', () => {
  const names = STAGES.flatMap((stage) => eventName(stage) ?? []);
  expect(new Set(names).size).toBe(STAGES.length - 1);
  expect(eventName('meeting')).toBe('Referral Meeting Held');
});
