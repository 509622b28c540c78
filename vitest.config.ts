import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/laws.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Files of one worker share what they import: to load and compile it for each took a third of the time.
    isolate: false,
    sequence: {
      sequencer: class extends BaseSequencer {
        // Small files that take a minute: begun last, one worker would wait for the other to finish them.
        override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
          const isLong = ({ moduleId }: TestSpecification) => /tests\/(kills|replicas|demo)/.test(moduleId);
          const sorted = await super.sort(files);
          return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
        }
      },
    },
  },
});
