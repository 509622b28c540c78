import { median } from './median.ts';
import type { Place } from './places.ts';
import { startService } from './service.ts';
import { memoryOf } from './usage.ts';

/** Medians, in milliseconds to the first 200, and MB once it answers. */
export type StartUp = {
  /** On nothing: the database is made. */
  readonly cold: number;
  /** After it was stopped in order. */
  readonly warm: number;
  /** After `kill -9`. */
  readonly recovering: number;
  readonly memoryMb: number;
};

export async function benchStartUp(place: Place, repeats: number): Promise<StartUp> {
  const all: StartUp[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const ground = await place.fresh();
    try {
      const cold = await startService(ground.environment);
      await cold.stop();
      const warm = await startService(ground.environment);
      const memoryMb = memoryOf(warm.pid);
      await warm.stop('SIGKILL');
      const recovering = await startService(ground.environment);
      await recovering.stop();
      all.push({ cold: cold.startMs, warm: warm.startMs, recovering: recovering.startMs, memoryMb });
    } finally {
      await ground.remove();
    }
  }
  const of = (key: keyof StartUp) => median(all.map((one) => one[key]));
  return { cold: of('cold'), warm: of('warm'), recovering: of('recovering'), memoryMb: of('memoryMb') };
}
