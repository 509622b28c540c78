import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Channel } from '../../../src/engine/catalog.ts';
import { askIdOf } from '../../../src/engine/replay/ask-id.ts';
import { askId } from '../../../src/use-cases/ask-id.ts';

test('an ask of a replay has the id that live use gives it, so that a history can tell of it', () => {
  const someChannel = fc.constantFrom<Channel>('nudge', 'draft', 'email');
  fc.assert(
    fc.property(someChannel, fc.string(), fc.string(), fc.string(), (channel, account, trigger, cycle) => {
      expect(askIdOf(channel, account, trigger, cycle)).toBe(askId(channel, account, trigger, cycle));
    }),
  );
});
