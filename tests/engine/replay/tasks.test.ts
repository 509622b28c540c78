import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTasks } from '../../../src/engine/replay/tasks.ts';

const someTask = fc.record({
  at: fc.integer({ min: 0, max: 4 }),
  rank: fc.integer({ min: 0, max: 2 }),
  key: fc.constantFrom('a', 'b', 'c'),
});

test('tasks come by time, then by rank, then by key; what one makes due at once waits its turn', () => {
  fc.assert(
    fc.property(fc.array(fc.option(someTask), { maxLength: 40 }), (steps) => {
      const tasks = createTasks<string>();
      const waiting: string[] = [];
      const inWords = ({ at, pass, rank, key }: { at: number; pass: number; rank: number; key: string }) =>
        `${at}${String(pass).padStart(2, '0')}${rank}${key}`;
      let running: { at: number; pass: number; rank: number } | undefined;
      // A rank that had its turn at this instant has it again in the next pass.
      const passOf = (at: number, rank: number) => {
        if (running === undefined || at > running.at) return 0;
        return rank > running.rank ? running.pass : running.pass + 1;
      };
      const takeOne = () => {
        waiting.sort();
        const first = waiting.shift();
        expect(tasks.nextAt()).toBe(first === undefined ? Number.POSITIVE_INFINITY : Number(first[0]));
        const next = tasks.peek();
        expect(next && inWords(next)).toBe(first);
        expect(tasks.take()).toBe(next);
        running = next;
        expect(next?.work).toBe(first && `work of ${first}`);
      };
      for (const task of steps) {
        if (task === null) {
          takeOne();
          continue;
        }
        const name = inWords({ ...task, pass: passOf(task.at, task.rank) });
        tasks.put(task.at, task.rank, task.key, `work of ${name}`);
        waiting.push(name);
      }
      for (let left = waiting.length; left >= 0; left -= 1) takeOne();
    }),
  );
});
