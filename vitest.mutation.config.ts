import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The tests that prove the engine, as Stryker runs them once per mutant: in one process, quick ones first. */
export default defineConfig({
  test: {
    include: ['tests/engine/**/*.test.ts', 'tests/catalog/{examples,default-catalog}.test.ts'],
    setupFiles: ['tests/mutation/few-runs.ts'],
    testTimeout: 60_000,
    isolate: false,
    fileParallelism: false,
    sequence: {
      sequencer: class extends BaseSequencer {
        // Laws draw many cases: most mutants are dead before their turn.
        override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
          return files.toSorted((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
        }
      },
    },
  },
});

function rank({ moduleId }: TestSpecification): number {
  return /laws|turns|reaches|replay\/(quick|arrive|effects)\.test/.test(moduleId) ? 1 : 0;
}
